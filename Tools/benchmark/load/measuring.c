#define _GNU_SOURCE
#include "measuring.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t read_clock(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time) != 0)
        fail("a clock can't be read; is the measured process gone?");
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

uint64_t now_us(void) { return read_clock(CLOCK_MONOTONIC); }

uint64_t own_processor_us(void) { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

// The fields utime and stime of /proc/PID/stat, which count ticks.
static void read_split(pid_t process, struct processor_time *time)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    FILE *file = fopen(path, "r");
    if (!file)
        fail("%s can't be read", path);
    size_t count = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[count] = 0;
    char *rest = strrchr(text, ')');
    unsigned long user = 0, kernel = 0;
    if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2)
        fail("%s has an unknown form", path);
    uint64_t tick_us = 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
    time->user_us = user * tick_us;
    time->kernel_us = kernel * tick_us;
}

struct processor_time processor_time_of(pid_t process)
{
    struct processor_time time = {0};
    clockid_t clock;
    if (process == 0)
        return time;
    if (clock_getcpuclockid(process, &clock) != 0)
        fail("there is no process %d", (int)process);
    time.all_us = read_clock(clock);
    read_split(process, &time);
    return time;
}

void samples_add(struct samples *samples, uint64_t value)
{
    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity ? samples->capacity * 2 : 65536;
        samples->values = realloc(samples->values, samples->capacity * sizeof *samples->values);
        if (!samples->values)
            fail("out of memory");
    }
    samples->values[samples->count++] = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static int compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

void samples_sort(struct samples *samples)
{
    if (samples->count > 0)
        qsort(samples->values, samples->count, sizeof *samples->values, compare);
}

uint32_t samples_at(const struct samples *samples, double share)
{
    return samples->count == 0 ? 0 : samples->values[(size_t)(share * (double)(samples->count - 1))];
}
