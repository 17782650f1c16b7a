#include "append_rows.h"

#include "measuring.h"

#include <inttypes.h>
#include <stdio.h>

int write_row(char row[ROW_MAX], uint64_t number)
{
    return snprintf(
        row, ROW_MAX,
        "{\"patch\":[{\"op\":\"replace\",\"path\":\"/live/maps/0/data/position/x\",\"value\":%" PRIu64 ".5},"
        "{\"op\":\"replace\",\"path\":\"/live/stamp\",\"value\":\"%016" PRIu64 "\"}]}",
        number % 997, number);
}

void print_appends(uint64_t events, uint64_t begun_us)
{
    double seconds = (double)(now_us() - begun_us) / 1e6;
    printf("{\"events\":%" PRIu64 ",\"seconds\":%.6f,\"per_second\":%.1f}\n", events, seconds, (double)events / seconds);
}
