// The journal's format (docs/journal-format.md) in C, as the measure for how fast the Swift one could be. The same lines, chain,
// headers, frames and syncs; no recovery, no locks, one thread.
//
//   journal append FOLDER IN_FLIGHT SECONDS PREPARED
//       commits of IN_FLIGHT small events, each synced; PREPARED bytes of zeros at once for those to come, 0 for a file that grows
//   journal write FOLDER EVENTS PER_COMMIT TOKENS SCENES
//       saved scenes of 17 KB, one on the table with so many tokens, and moves; EVENTS in all, synced once at the end
//   journal scan FOLDER                       decompresses all, checks headers, block checksums and offsets
//   journal verify FOLDER                     the same, and the chain over every line
//
// The last two do it five times; the report is of the median. Each prints one JSON object. FOLDER has to exist and to be empty for the first two. Link with lz4, xxhash and crypto.
#define _GNU_SOURCE
#define OPENSSL_SUPPRESS_DEPRECATED  // the newer interface costs 0.4 µs a digest more
#include "../load/measuring.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <lz4.h>
#include <lz4frame.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

enum { HEADER_MAGIC = 0x184D2A53, FRAME_MAGIC = 0x184D2204, FRAME_START_LENGTH = 7 };
enum { BLOCK_MAX = 256 << 10, FRAME_MAX = 1 << 20, SEGMENT_MAX = 8 << 20, HISTORY = 64 << 10, HEADER_MAX = 4096 };
enum { PREPARED_MIN = 4096, PREPARED_MAX = 1 << 20 };
enum { CHECK_DIGITS = 16, SCENE_TOKENS = 60, TOKENS_MAX = 800, PASSES = 5 };

static const char uuid[] = "00000000-0000-4000-8000-00000000c0de";

// MARK: Digests

struct digest {
    uint8_t bytes[SHA256_DIGEST_LENGTH];
};

static struct digest sha256(const void *data, size_t count)
{
    struct digest digest;
    SHA256(data, count, digest.bytes);
    return digest;
}

// D(n) of D(n-1) and line n without its line feed.
static void chain_extend(struct digest *chain, const char *line, size_t count)
{
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, chain->bytes, sizeof chain->bytes);
    SHA256_Update(&context, line, count);
    SHA256_Final(chain->bytes, &context);
}

static void write_hex(char *text, const struct digest *digest, size_t digits)
{
    static const char alphabet[] = "0123456789abcdef";
    for (size_t index = 0; index < digits; index++)
        text[index] = alphabet[digest->bytes[index / 2] >> (index % 2 ? 0 : 4) & 15];
    text[digits] = 0;
}

// MARK: Writing

struct writer {
    const char *folder;
    int segment;             // file descriptor; -1 before the first commit
    size_t segment_length;
    size_t prepared;         // bytes of zeros at once; 0: none
    size_t prepared_end;     // the file's size, where there is prepared space
    bool frame_open;
    size_t frame_held;       // bytes of lines in the open frame
    uint64_t next;           // the next event's offset
    struct digest chain;
    LZ4F_cctx *compressor;
    bool syncs;
    uint64_t written;
    char *lines;             // of the commit that is being made
    size_t line_bytes;
    uint64_t commit_first;   // offset of its first line
    struct digest commit_previous;  // the chain before it
    uint64_t tokens;         // of the scene on the table
    char *packed;
    size_t packed_capacity;
};

static const LZ4F_preferences_t preferences = {
    .frameInfo = {.blockSizeID = LZ4F_max256KB, .blockMode = LZ4F_blockLinked,
                  .blockChecksumFlag = LZ4F_blockChecksumEnabled}};

static void sync_file(const struct writer *writer)
{
    if (writer->syncs && fdatasync(writer->segment) != 0)
        fail("fdatasync: %s", strerror(errno));
}

static void write_all(struct writer *writer, const void *data, size_t count)
{
    if (pwrite(writer->segment, data, count, (off_t)writer->segment_length) != (ssize_t)count)
        fail("write: %s", strerror(errno));
    writer->segment_length += count;
    writer->written += count;
}

static void set_size(struct writer *writer, size_t size)
{
    if (ftruncate(writer->segment, (off_t)size) != 0)
        fail("ftruncate: %s", strerror(errno));
}

// Zeros that the next commits overwrite, so that their syncs have no new size to write.
static void prepare(struct writer *writer)
{
    static const char zeros[PREPARED_MAX];
    if (writer->prepared == 0 || writer->segment_length + PREPARED_MIN <= writer->prepared_end)
        return;
    writer->prepared_end = writer->segment_length + writer->prepared;
    set_size(writer, writer->prepared_end);
    if (pwrite(writer->segment, zeros, writer->prepared, (off_t)writer->segment_length) != (ssize_t)writer->prepared)
        fail("write: %s", strerror(errno));
}

static void close_segment(struct writer *writer)
{
    set_size(writer, writer->segment_length);
    sync_file(writer);
    close(writer->segment);
    writer->segment = -1;
    writer->prepared_end = 0;
}

static void open_segment(struct writer *writer)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%020" PRIu64 ".jsonl.lz4", writer->folder, writer->commit_first);
    writer->segment = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644);
    if (writer->segment < 0)
        fail("%s: %s", path, strerror(errno));
    writer->segment_length = 0;
}

static void end_frame(struct writer *writer)
{
    static const char end_mark[4];
    if (!writer->frame_open)
        return;
    write_all(writer, end_mark, sizeof end_mark);
    writer->frame_open = false;
}

// Header and frame's beginning, synced by themselves: a crash must not leave lines without their header.
static void open_frame(struct writer *writer)
{
    if (writer->segment >= 0 && writer->segment_length >= SEGMENT_MAX)
        close_segment(writer);
    if (writer->segment < 0)
        open_segment(writer);
    char content[512], previous[65], check[CHECK_DIGITS + 1];
    write_hex(previous, &writer->commit_previous, 64);
    int length = snprintf(
        content, sizeof content, "{\"format\":1,\"journal\":\"%s\",\"base\":%" PRIu64 ",\"previous\":\"%s\"", uuid,
        writer->commit_first, previous);
    struct digest digest = sha256(content, (size_t)length);
    write_hex(check, &digest, CHECK_DIGITS);
    length += snprintf(content + length, sizeof content - (size_t)length, ",\"check\":\"%s\"}", check);
    uint32_t prefix[2] = {HEADER_MAGIC, (uint32_t)length};
    char bytes[640];
    memcpy(bytes, prefix, sizeof prefix);
    memcpy(bytes + sizeof prefix, content, (size_t)length);
    size_t count = sizeof prefix + (size_t)length;
    count += LZ4F_compressBegin(writer->compressor, bytes + count, sizeof bytes - count, &preferences);
    write_all(writer, bytes, count);
    sync_file(writer);
    writer->frame_open = true;
    writer->frame_held = 0;
}

static void begin_commit(struct writer *writer)
{
    writer->line_bytes = 0;
    writer->commit_first = writer->next;
    writer->commit_previous = writer->chain;
}

// Packs the lines as one block, writes and syncs.
static void commit(struct writer *writer)
{
    if (!writer->frame_open)
        open_frame(writer);
    size_t count = LZ4F_compressUpdate(
        writer->compressor, writer->packed, writer->packed_capacity, writer->lines, writer->line_bytes, NULL);
    if (LZ4F_isError(count))
        fail("compressing: %s", LZ4F_getErrorName(count));
    size_t flushed = LZ4F_flush(writer->compressor, writer->packed + count, writer->packed_capacity - count, NULL);
    if (LZ4F_isError(flushed))
        fail("compressing: %s", LZ4F_getErrorName(flushed));
    write_all(writer, writer->packed, count + flushed);
    prepare(writer);
    sync_file(writer);
    writer->frame_held += writer->line_bytes;
    begin_commit(writer);
    if (writer->frame_held >= FRAME_MAX)
        end_frame(writer);
}

static char *put(char *at, const char *text, size_t count)
{
    memcpy(at, text, count);
    return at + count;
}

static char *put_number(char *at, uint64_t number)
{
    char digits[20];
    size_t count = 0;
    do
        digits[sizeof digits - ++count] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    return put(at, digits + sizeof digits - count, count);
}

#define PUT(at, literal) put((at), "" literal, sizeof(literal) - 1)

// Up to `"patch":[`; `time` has 24 characters.
static char *begin_line(const struct writer *writer, char *at, const char *time)
{
    at = put_number(PUT(at, "{\"offset\":"), writer->next);
    at = put(PUT(at, ",\"time\":\""), time, 24);
    return PUT(at, "\",\"type\":\"live.changed\",\"actor\":\"dm@192.168.1.20\",\"data\":{},\"patch\":[");
}

static void end_line(struct writer *writer, char *begun, char *at)
{
    at = PUT(at, "]}");
    chain_extend(&writer->chain, begun, (size_t)(at - begun));
    *at++ = '\n';
    writer->line_bytes = (size_t)(at - writer->lines);
    writer->next++;
}

// A token's move, as Tools/journal-benchmark makes it.
static void add_move(struct writer *writer, uint64_t step, const char *time)
{
    char *begun = writer->lines + writer->line_bytes, *at = begin_line(writer, begun, time);
    at = put_number(PUT(at, "{\"op\":\"replace\",\"path\":\"/live/maps/"), step % writer->tokens);
    at = put_number(PUT(at, "/data/position/x\",\"value\":"), step % 997);
    end_line(writer, begun, PUT(at, ".5}"));
}

// A scene of some tokens, 0.29 KB each.
static char *put_scene(char *at, const char *id, uint64_t tokens)
{
    at = put(PUT(at, "{\"id\":\""), id, strlen(id));
    at = PUT(at, "\",\"name\":\"The Crypt\",\"stamp\":\"\",\"maps\":[");
    for (uint64_t token = 0; token < tokens; token++) {
        at = put_number(PUT(at, "{\"name\":\"token-"), token);
        at = put_number(PUT(at, ".png\",\"data\":{\"position\":{\"x\":"), token);
        at = PUT(at, ",\"y\":1},\"scale\":1.25,\"rotation\":0,\"isHidden\":false,\"notes\":\"");
        for (int repetition = 0; repetition < 8; repetition++)
            at = PUT(at, "a goblin guards this door ");
        at = PUT(at, "\"}},");
    }
    return PUT(at - 1, "]}");
}

static void add_live_scene(struct writer *writer, const char *time)
{
    char *begun = writer->lines + writer->line_bytes, *at = begin_line(writer, begun, time);
    at = PUT(at, "{\"op\":\"replace\",\"path\":\"/live\",\"value\":");
    end_line(writer, begun, PUT(put_scene(at, "crypt", writer->tokens), "}"));
}

static void add_saved_scene(struct writer *writer, const char *time)
{
    char id[32];
    snprintf(id, sizeof id, "s%" PRIu64, writer->next);
    char *begun = writer->lines + writer->line_bytes, *at = begin_line(writer, begun, time);
    at = put(PUT(at, "{\"op\":\"add\",\"path\":\"/scenes/"), id, strlen(id));
    end_line(writer, begun, PUT(put_scene(PUT(at, "\",\"value\":"), id, SCENE_TOKENS), "}"));
}

static void write_time(char text[32])
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct tm parts;
    gmtime_r(&now.tv_sec, &parts);
    size_t length = strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text + length, 32 - length, ".%03ldZ", now.tv_nsec / 1000000);
}

static struct writer open_journal(const char *folder, bool syncs)
{
    char path[4096], time[32];
    struct writer writer = {.folder = folder, .segment = -1, .syncs = syncs, .chain = sha256(uuid, sizeof uuid - 1)};
    write_time(time);
    snprintf(path, sizeof path, "%s/journal.json", folder);
    FILE *file = fopen(path, "wx");
    if (!file || fprintf(file, "{\"format\":1,\"journal\":\"%s\",\"created\":\"%s\"}\n", uuid, time) < 0 || fclose(file) != 0)
        fail("%s: %s", path, strerror(errno));
    writer.packed_capacity = LZ4F_compressBound(BLOCK_MAX, &preferences);
    writer.lines = malloc(BLOCK_MAX + 4096);
    writer.packed = malloc(writer.packed_capacity);
    if (!writer.lines || !writer.packed || LZ4F_isError(LZ4F_createCompressionContext(&writer.compressor, LZ4F_VERSION)))
        fail("out of memory");
    begin_commit(&writer);
    return writer;
}

static void close_journal(struct writer *writer)
{
    end_frame(writer);
    writer->syncs = true;
    close_segment(writer);
    LZ4F_freeCompressionContext(writer->compressor);
    free(writer->lines);
    free(writer->packed);
}

static void print_written(const struct writer *writer, uint64_t begun, uint64_t worked)
{
    double seconds = (double)(now_us() - begun) / 1e6, events = (double)writer->next;
    printf("{\"events\":%" PRIu64 ",\"seconds\":%.6f,\"per_second\":%.1f,", writer->next, seconds, events / seconds);
    printf("\"cpu_ns_per_event\":%.1f,", (double)(own_processor_us() - worked) * 1000 / events);
    printf("\"bytes\":%" PRIu64 ",\"bytes_per_event\":%.2f}\n", writer->written, (double)writer->written / events);
}

static void append(const char *folder, uint64_t in_flight, double seconds, size_t prepared)
{
    if (prepared > PREPARED_MAX)
        fail("at most %d bytes are prepared", PREPARED_MAX);
    struct writer writer = open_journal(folder, true);
    writer.tokens = SCENE_TOKENS;
    writer.prepared = prepared;
    uint64_t begun = now_us(), worked = own_processor_us(), until = begun + (uint64_t)(seconds * 1e6);
    char time[32];
    while (now_us() < until) {
        write_time(time);
        for (uint64_t index = 0; index < in_flight; index++)
            add_move(&writer, writer.next, time);
        commit(&writer);
    }
    print_written(&writer, begun, worked);
    close_journal(&writer);
}

static void write_journal(const char *folder, uint64_t events, uint64_t per_commit, uint64_t tokens, uint64_t scenes)
{
    if (tokens == 0 || tokens > TOKENS_MAX)
        fail("a scene has 1 to %d tokens", TOKENS_MAX);
    struct writer writer = open_journal(folder, false);
    writer.tokens = tokens;
    uint64_t begun = now_us(), worked = own_processor_us();
    char time[32];
    write_time(time);
    for (; scenes > 0; scenes--) {
        add_saved_scene(&writer, time);
        commit(&writer);
    }
    add_live_scene(&writer, time);
    commit(&writer);
    while (writer.next < events) {
        write_time(time);
        for (uint64_t index = 0; index < per_commit && writer.next < events; index++)
            add_move(&writer, writer.next, time);
        commit(&writer);
    }
    print_written(&writer, begun, worked);
    close_journal(&writer);
}

// MARK: Reading

struct reader {
    const char *path;
    const uint8_t *bytes;
    size_t count;
    size_t at;
    bool verifies;           // the chain
    uint64_t next;
    struct digest chain;
    uint8_t *lines;          // a frame's, behind each other
    size_t held;
    uint64_t line_bytes;
};

static void damaged(const struct reader *reader, const char *what)
{
    fail("%s, byte %zu: %s", reader->path, reader->at, what);
}

static uint32_t peek(const struct reader *reader)
{
    uint32_t value;
    if (reader->at + sizeof value > reader->count)
        damaged(reader, "the file ends too early");
    memcpy(&value, reader->bytes + reader->at, sizeof value);
    return value;
}

static uint32_t take(struct reader *reader)
{
    uint32_t value = peek(reader);
    reader->at += sizeof value;
    return value;
}

static void read_header(struct reader *reader)
{
    if (take(reader) != HEADER_MAGIC)
        damaged(reader, "no header");
    uint32_t length = take(reader);
    if (length > HEADER_MAX || reader->at + length > reader->count)
        damaged(reader, "the header is too long");
    const char *content = (const char *)reader->bytes + reader->at;
    const char *check = memmem(content, length, ",\"check\":\"", 10);
    const char *base = memmem(content, length, "\"base\":", 7), *previous = memmem(content, length, "\"previous\":\"", 12);
    if (!check || !base || !previous || check + 10 + CHECK_DIGITS > content + length)
        damaged(reader, "the header has an unknown form");
    char expected[65];
    struct digest digest = sha256(content, (size_t)(check - content));
    write_hex(expected, &digest, CHECK_DIGITS);
    if (memcmp(check + 10, expected, CHECK_DIGITS) != 0)
        damaged(reader, "the header's check is wrong");
    if (strtoull(base + 7, NULL, 10) != reader->next)
        damaged(reader, "the header begins with another event");
    write_hex(expected, &reader->chain, 64);
    if (reader->verifies && memcmp(previous + 12, expected, 64) != 0)
        damaged(reader, "the chain is broken");
    reader->at += length;
}

static void read_line(struct reader *reader, const char *line, const char *end)
{
    static const char start[] = "{\"offset\":";
    if (end - line < (ptrdiff_t)sizeof start || memcmp(line, start, sizeof start - 1) != 0)
        damaged(reader, "a line doesn't begin with its offset");
    uint64_t offset = 0;
    for (const char *digit = line + sizeof start - 1; digit < end && *digit >= '0' && *digit <= '9'; digit++)
        offset = offset * 10 + (uint64_t)(*digit - '0');
    if (offset != reader->next)
        damaged(reader, "an offset is out of order");
    if (reader->verifies)
        chain_extend(&reader->chain, line, (size_t)(end - line));
    reader->next++;
}

static void read_lines(struct reader *reader, size_t from)
{
    const char *line = (const char *)reader->lines + from, *end = (const char *)reader->lines + reader->held;
    while (line < end) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        if (!feed)
            damaged(reader, "a block ends within a line");
        read_line(reader, line, feed);
        line = feed + 1;
    }
}

// One block: length, bytes, XXH32 of the bytes.
static void read_block(struct reader *reader, uint32_t field)
{
    uint32_t length = field & 0x7FFFFFFF;
    if (length > BLOCK_MAX || reader->at + length + 4 > reader->count)
        damaged(reader, "a block is too long");
    const uint8_t *packed = reader->bytes + reader->at;
    reader->at += length;
    if (XXH32(packed, length, 0) != take(reader))
        damaged(reader, "a block's checksum is wrong");
    size_t history = reader->held < HISTORY ? reader->held : HISTORY;
    uint8_t *target = reader->lines + reader->held;
    int count = (int)length;
    if (field & 0x80000000)
        memcpy(target, packed, length);
    else
        count = LZ4_decompress_safe_usingDict(
            (const char *)packed, (char *)target, (int)length, BLOCK_MAX, (const char *)target - history, (int)history);
    if (count < 0)
        damaged(reader, "a block can't be unpacked");
    size_t from = reader->held;
    reader->held += (size_t)count;
    reader->line_bytes += (uint64_t)count;
    read_lines(reader, from);
}

static void read_frame(struct reader *reader)
{
    read_header(reader);
    if (peek(reader) != FRAME_MAGIC)
        damaged(reader, "no frame behind a header");
    reader->at += FRAME_START_LENGTH;
    reader->held = 0;
    uint32_t field;
    while ((field = take(reader)) != 0) {
        if (reader->held > FRAME_MAX)
            damaged(reader, "a frame is too long (frames of one large commit are not read here)");
        read_block(reader, field);
    }
}

static void read_segment(struct reader *reader, const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0)
        fail("%s: %s", path, strerror(errno));
    void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (bytes == MAP_FAILED)
        fail("%s: %s", path, strerror(errno));
    close(file);
    reader->path = path;
    reader->bytes = bytes;
    reader->count = (size_t)status.st_size;
    reader->at = 0;
    while (reader->at < reader->count)
        read_frame(reader);
    munmap(bytes, reader->count);
}

static int is_segment(const struct dirent *entry)
{
    const char *dot = strchr(entry->d_name, '.');
    return dot && dot - entry->d_name == 20 && strcmp(dot, ".jsonl.lz4") == 0;
}

// One pass over all segments; what it took of the processor, in seconds.
static double read_journal(struct reader *reader, const char *folder, struct dirent **names, int count)
{
    uint64_t worked = own_processor_us();
    reader->next = 0;
    reader->line_bytes = 0;
    reader->chain = sha256(uuid, sizeof uuid - 1);
    for (int index = 0; index < count; index++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, names[index]->d_name);
        read_segment(reader, path);
    }
    return (double)(own_processor_us() - worked) / 1e6;
}

static int compare_seconds(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void scan(const char *folder, bool verifies)
{
    struct dirent **names;
    int count = scandir(folder, &names, is_segment, alphasort);
    if (count <= 0)
        fail("%s holds no segment", folder);
    struct reader reader = {.verifies = verifies, .lines = malloc(FRAME_MAX + 2 * BLOCK_MAX)};
    if (!reader.lines)
        fail("out of memory");
    double seconds[PASSES];
    for (int pass = 0; pass < PASSES; pass++)
        seconds[pass] = read_journal(&reader, folder, names, count);
    qsort(seconds, PASSES, sizeof *seconds, compare_seconds);
    double median = seconds[PASSES / 2];
    printf(
        "{\"events\":%" PRIu64 ",\"cpu_seconds\":%.6f,\"per_cpu_second\":%.1f,\"line_bytes\":%" PRIu64 "}\n", reader.next, median,
        (double)reader.next / median, reader.line_bytes);
    for (int index = 0; index < count; index++)
        free(names[index]);
    free(names);
    free(reader.lines);
}

int main(int count, char **arguments)
{
    const char *command = count > 2 ? arguments[1] : "";
    if (strcmp(command, "append") == 0 && count == 6)
        append(arguments[2], strtoull(arguments[3], NULL, 10), atof(arguments[4]), strtoull(arguments[5], NULL, 10));
    else if (strcmp(command, "write") == 0 && count == 7)
        write_journal(
            arguments[2], strtoull(arguments[3], NULL, 10), strtoull(arguments[4], NULL, 10), strtoull(arguments[5], NULL, 10),
            strtoull(arguments[6], NULL, 10));
    else if ((strcmp(command, "scan") == 0 || strcmp(command, "verify") == 0) && count == 3)
        scan(arguments[2], strcmp(command, "verify") == 0);
    else
        fail("journal append FOLDER IN_FLIGHT SECONDS PREPARED | write FOLDER EVENTS PER_COMMIT TOKENS SCENES | scan FOLDER | verify FOLDER");
    return 0;
}
