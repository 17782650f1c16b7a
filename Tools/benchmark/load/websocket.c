#include "websocket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bytes_append(struct bytes *bytes, const void *data, size_t count)
{
    if (bytes->count + count > bytes->capacity) {
        bytes->capacity = (bytes->count + count) * 2;
        bytes->data = realloc(bytes->data, bytes->capacity);
        if (!bytes->data) {
            fprintf(stderr, "out of memory\n");
            exit(1);
        }
    }
    if (count > 0)
        memcpy(bytes->data + bytes->count, data, count);
    bytes->count += count;
}

void bytes_drop(struct bytes *bytes, size_t count)
{
    bytes->count -= count;
    if (bytes->count > 0)
        memmove(bytes->data, bytes->data + count, bytes->count);
}

void websocket_append_frame(struct bytes *out, uint8_t opcode, const void *payload, size_t count)
{
    static const uint8_t mask[4] = {0x5A, 0x17, 0xC3, 0x8E};
    uint8_t head[14] = {0x80 | opcode};
    size_t head_count = 2;
    if (count < 126) {
        head[1] = 0x80 | (uint8_t)count;
    } else if (count < 65536) {
        head[1] = 0x80 | 126;
        head[2] = (uint8_t)(count >> 8);
        head[3] = (uint8_t)count;
        head_count = 4;
    } else {
        head[1] = 0x80 | 127;
        for (int index = 0; index < 8; index++)
            head[2 + index] = (uint8_t)((uint64_t)count >> (56 - 8 * index));
        head_count = 10;
    }
    memcpy(head + head_count, mask, 4);
    bytes_append(out, head, head_count + 4);
    size_t start = out->count;
    bytes_append(out, payload, count);
    for (size_t index = 0; index < count; index++)
        out->data[start + index] ^= mask[index & 3];
}

void websocket_append_upgrade(struct bytes *out, const char *path, const char *protocol)
{
    char text[2048];
    int count = snprintf(
        text, sizeof text,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n%s%s%s\r\n",
        path, protocol ? "Sec-WebSocket-Protocol: " : "", protocol ? protocol : "", protocol ? "\r\n" : "");
    if (count < 0 || (size_t)count >= sizeof text) {
        fprintf(stderr, "the path is longer than %zu bytes\n", sizeof text);
        exit(2);
    }
    bytes_append(out, text, (size_t)count);
}

// How many bytes the header has, judged by what has come of it.
static unsigned head_length(const struct websocket_reader *reader)
{
    if (reader->head_count < 2)
        return 2;
    uint8_t length = reader->head[1] & 0x7F;
    return length == 126 ? 4 : length == 127 ? 10 : 2;
}

static void begin_payload(struct websocket_reader *reader)
{
    reader->opcode = reader->head[0] & 0x0F;
    reader->final = reader->head[0] & 0x80;
    reader->left = reader->head[1] & 0x7F;
    unsigned length = head_length(reader);
    if (length > 2) {
        reader->left = 0;
        for (unsigned index = 2; index < length; index++)
            reader->left = reader->left << 8 | reader->head[index];
    }
    reader->control_count = 0;
    reader->in_payload = true;
}

static void take_payload(
    struct websocket_reader *reader, const uint8_t *bytes, size_t count, const struct websocket_events *events, void *context)
{
    if (reader->opcode < OPCODE_CLOSE) {
        if (count > 0)
            events->data(context, bytes, count);
    } else {
        memcpy(reader->control + reader->control_count, bytes, count);
        reader->control_count += (unsigned)count;
    }
    reader->left -= count;
    if (reader->left > 0)
        return;
    reader->in_payload = false;
    reader->head_count = 0;
    if (reader->opcode >= OPCODE_CLOSE)
        events->control(context, reader->opcode, reader->control, reader->control_count);
    else if (reader->final)
        events->message_end(context);
}

bool websocket_read(
    struct websocket_reader *reader, const uint8_t *bytes, size_t count, const struct websocket_events *events, void *context)
{
    while (count > 0) {
        if (!reader->in_payload) {
            reader->head[reader->head_count++] = *bytes++;
            count--;
            if (reader->head_count < 2 || reader->head_count < head_length(reader))
                continue;
            begin_payload(reader);
            if (reader->head[1] & 0x80 || (reader->opcode >= OPCODE_CLOSE && reader->left > sizeof reader->control))
                return false;
            if (reader->left > 0)
                continue;
        }
        size_t piece = reader->left < count ? (size_t)reader->left : count;
        take_payload(reader, bytes, piece, events, context);
        bytes += piece;
        count -= piece;
    }
    return true;
}
