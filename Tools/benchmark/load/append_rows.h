// What the load programs for databases share: the event's content, and the report.
#ifndef APPEND_ROWS_H
#define APPEND_ROWS_H

#include <stdint.h>

enum { ROW_MAX = 256 };

// About 150 bytes; returns their count.
int write_row(char row[ROW_MAX], uint64_t number);
void print_appends(uint64_t events, uint64_t begun_us);

#endif
