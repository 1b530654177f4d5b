/* empty: does nothing, linked to all that vernier is linked to: what a start costs before our first line. */
int main(void)
{
    return 0;
}
