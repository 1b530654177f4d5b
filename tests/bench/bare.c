/*
 * bare: the least that a client of a model server can be: libcurl, cJSON, and nothing kept; or a row each.
 *
 *     bare URL BODIES IN_FLIGHT [STORE]
 *
 * Posts every line of BODIES to URL, IN_FLIGHT at a time, reads each answer whole, streamed or not, joins its text, and
 * throws it away. With STORE, a new SQLite file, the text is a row there, as safe from a power cut as vernier's: WAL,
 * synchronous=FULL, one transaction a turn of the loop. Prints how many tokens the servers said they wrote. Nothing of
 * ours is in it: it is what vernier is measured against. Exits 69 when any call failed.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <sqlite3.h>

struct bodies { char **lines; size_t count, next; };

/* Bytes that grow; one for what a call answers, one for the text in it. */
struct bytes { char *data; size_t length, capacity; };

struct call {
    CURL *easy;
    struct bytes answer, text;
};

struct client {
    CURLM *multi;
    struct curl_slist *headers;
    const char *url;
    struct bodies bodies;
    size_t in_flight, failed;
    double tokens;
    sqlite3 *store;                 /* NULL: nothing is kept */
    sqlite3_stmt *add;
};

static void *need(void *memory)
{
    if (memory == NULL) {
        fprintf(stderr, "bare: out of memory\n");
        exit(70);
    }
    return memory;
}

static void add_bytes(struct bytes *bytes, const char *data, size_t length)
{
    if (bytes->length + length + 1 > bytes->capacity) {
        bytes->capacity = 2 * (bytes->length + length + 1);
        bytes->data = need(realloc(bytes->data, bytes->capacity));
    }
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
    bytes->data[bytes->length] = '\0';
}

static size_t take_answer(char *data, size_t size, size_t count, void *context)
{
    struct call *call = context;

    add_bytes(&call->answer, data, size * count);
    return size * count;
}

static int read_bodies(struct bodies *bodies, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;

    if (file == NULL)
        return -1;
    while ((length = getline(&line, &capacity, file)) > 0) {
        line[strcspn(line, "\n")] = '\0';
        bodies->lines = need(realloc(bodies->lines, (bodies->count + 1) * sizeof bodies->lines[0]));
        bodies->lines[bodies->count++] = need(strdup(line));
    }
    free(line);
    fclose(file);
    return 0;
}

static void free_bodies(struct bodies *bodies)
{
    for (size_t i = 0; i < bodies->count; i++)
        free(bodies->lines[i]);
    free(bodies->lines);
}

/* A whole answer has the text in "message", a piece of a stream in "delta"; the usage stands beside. */
static int read_json(struct client *client, struct call *call, const char *json)
{
    cJSON *root = cJSON_Parse(json);
    const cJSON *choice = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(root, "choices"), 0);
    const cJSON *said = cJSON_GetObjectItemCaseSensitive(choice, "delta");
    const cJSON *text, *tokens;

    if (said == NULL)
        said = cJSON_GetObjectItemCaseSensitive(choice, "message");
    text = cJSON_GetObjectItemCaseSensitive(said, "content");
    if (cJSON_IsString(text))
        add_bytes(&call->text, text->valuestring, strlen(text->valuestring));
    tokens = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(root, "usage"), "completion_tokens");
    if (cJSON_IsNumber(tokens))
        client->tokens += tokens->valuedouble;
    cJSON_Delete(root);
    return root != NULL ? 0 : -1;
}

static int read_stream(struct client *client, struct call *call)
{
    char *rest = NULL;

    for (char *line = strtok_r(call->answer.data, "\r\n", &rest); line != NULL; line = strtok_r(NULL, "\r\n", &rest))
        if (strncmp(line, "data: ", 6) == 0 && strcmp(line + 6, "[DONE]") != 0
            && read_json(client, call, line + 6) < 0)
            return -1;
    return 0;
}

static int read_answer(struct client *client, struct call *call)
{
    if (call->answer.length == 0)
        return -1;
    if (call->answer.data[0] == '{')
        return read_json(client, call, call->answer.data);
    return read_stream(client, call);
}

static void execute(struct client *client, const char *sql)
{
    if (client->store == NULL || sqlite3_exec(client->store, sql, NULL, NULL, NULL) == SQLITE_OK)
        return;
    fprintf(stderr, "bare: %s: %s\n", sql, sqlite3_errmsg(client->store));
    exit(74);
}

static void open_store(struct client *client, const char *path)
{
    if (sqlite3_open(path, &client->store) != SQLITE_OK)
        exit(74);
    execute(client, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                    "CREATE TABLE answer (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
    sqlite3_prepare_v2(client->store, "INSERT INTO answer (text) VALUES (?)", -1, &client->add, NULL);
}

static void close_store(struct client *client)
{
    sqlite3_finalize(client->add);
    sqlite3_close(client->store);
}

static void keep(struct client *client, const struct call *call)
{
    if (client->store == NULL)
        return;
    if (sqlite3_get_autocommit(client->store))
        execute(client, "BEGIN");
    sqlite3_bind_text64(client->add, 1, call->text.length > 0 ? call->text.data : "", call->text.length, SQLITE_STATIC,
                        SQLITE_UTF8);
    if (sqlite3_step(client->add) != SQLITE_DONE)
        client->failed++;
    sqlite3_reset(client->add);
}

static void commit(struct client *client)
{
    if (client->store != NULL && !sqlite3_get_autocommit(client->store))
        execute(client, "COMMIT");
}

/* False when all bodies are on their way. */
static int start(struct client *client, struct call *call)
{
    if (client->bodies.next == client->bodies.count)
        return 0;
    call->answer.length = call->text.length = 0;
    curl_easy_setopt(call->easy, CURLOPT_URL, client->url);
    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, client->headers);
    curl_easy_setopt(call->easy, CURLOPT_POSTFIELDS, client->bodies.lines[client->bodies.next++]);
    curl_easy_setopt(call->easy, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(call->easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(call->easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(call->easy, CURLOPT_NOSIGNAL, 1L);
    curl_multi_add_handle(client->multi, call->easy);
    client->in_flight++;
    return 1;
}

static void finish(struct client *client, struct call *call, CURLcode code)
{
    long status = 0;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(client->multi, call->easy);
    client->in_flight--;
    if (code != CURLE_OK || status != 200 || read_answer(client, call) < 0)
        client->failed++;
    else
        keep(client, call);
}

static void finish_calls(struct client *client)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        struct call *call = NULL;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        finish(client, call, message->data.result);
        start(client, call);
    }
}

static void run(struct client *client, struct call *calls, size_t count)
{
    int running;

    for (size_t i = 0; i < count; i++) {
        calls[i].easy = need(curl_easy_init());
        if (!start(client, &calls[i]))
            break;
    }
    while (client->in_flight > 0) {
        curl_multi_perform(client->multi, &running);
        finish_calls(client);
        commit(client);
        if (client->in_flight > 0)
            curl_multi_poll(client->multi, NULL, 0, 1000, NULL);
    }
}

static void free_calls(struct call *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        curl_easy_cleanup(calls[i].easy);
        free(calls[i].answer.data);
        free(calls[i].text.data);
    }
    free(calls);
}

int main(int argc, char **argv)
{
    bool is_called_right = argc == 4 || argc == 5;
    struct client client = { .url = is_called_right ? argv[1] : NULL };
    size_t count = is_called_right ? strtoul(argv[3], NULL, 10) : 0;
    struct call *calls;

    if (count == 0 || read_bodies(&client.bodies, argv[2]) < 0) {
        fprintf(stderr, "usage: bare URL BODIES IN_FLIGHT [STORE]\n");
        return 64;
    }
    if (argc == 5)
        open_store(&client, argv[4]);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    client.multi = need(curl_multi_init());
    curl_multi_setopt(client.multi, CURLMOPT_MAXCONNECTS, (long)count);
    client.headers = curl_slist_append(NULL, "Content-Type: application/json");
    calls = need(calloc(count, sizeof calls[0]));
    run(&client, calls, count);
    printf("%.0f\n", client.tokens);
    free_calls(calls, count);
    curl_multi_cleanup(client.multi);
    curl_slist_free_all(client.headers);
    curl_global_cleanup();
    free_bodies(&client.bodies);
    close_store(&client);
    if (client.failed > 0)
        fprintf(stderr, "bare: %zu calls failed\n", client.failed);
    return client.failed > 0 ? 69 : 0;
}
