file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
get_filename_component(name ${INPUT} NAME)
file(WRITE ${OUTPUT} "#include \"harness/base/embedded.h\"\n
static const unsigned char bytes[] = {\n${bytes}0x00};
extern const struct embedded embedded_${SYMBOL};
const struct embedded embedded_${SYMBOL} = { .name = \"${name}\", .data = (const char *)bytes, .length = sizeof bytes - 1 };\n")
