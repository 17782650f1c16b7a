// What every load program measures with: the clock, processor time of other processes, percentiles.
#ifndef MEASURING_H
#define MEASURING_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Microseconds of the monotonic clock.
uint64_t now_us(void);

// Prints what went wrong and ends the program with status 1.
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Processor time of a process in microseconds, threads that have ended included.
struct processor_time {
    uint64_t all_us;     // exact
    uint64_t user_us;    // to 10 ms
    uint64_t kernel_us;  // to 10 ms
};
// All zero for process 0.
struct processor_time processor_time_of(pid_t process);
uint64_t own_processor_us(void);

// All values, so that percentiles are exact.
struct samples {
    uint32_t *values;
    size_t count;
    size_t capacity;
};
void samples_add(struct samples *samples, uint64_t value);
void samples_sort(struct samples *samples);
// Of sorted samples; 0 if there are none. `share` from 0 to 1.
uint32_t samples_at(const struct samples *samples, double share);

#endif
