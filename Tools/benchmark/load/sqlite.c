// Appends small events to an SQLite database: sqlite PATH PER_TRANSACTION SECONDS. WAL, synchronous=FULL. Link with sqlite3.
#include "append_rows.h"
#include "measuring.h"

#include <sqlite3.h>
#include <stdlib.h>

static sqlite3 *database;

static void check(int result, int expected)
{
    if (result != expected)
        fail("SQLite: %s", sqlite3_errmsg(database));
}

static void execute(const char *statement) { check(sqlite3_exec(database, statement, NULL, NULL, NULL), SQLITE_OK); }

static sqlite3_stmt *prepare(const char *text)
{
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v2(database, text, -1, &statement, NULL), SQLITE_OK);
    return statement;
}

static void step(sqlite3_stmt *statement)
{
    check(sqlite3_step(statement), SQLITE_DONE);
    check(sqlite3_reset(statement), SQLITE_OK);
}

int main(int count, char **arguments)
{
    if (count != 4)
        fail("sqlite PATH PER_TRANSACTION SECONDS");
    uint64_t per_transaction = strtoull(arguments[2], NULL, 10), events = 0;
    check(sqlite3_open(arguments[1], &database), SQLITE_OK);
    execute("PRAGMA journal_mode=WAL");
    execute("PRAGMA synchronous=FULL");
    execute("CREATE TABLE events(number INTEGER PRIMARY KEY, content BLOB NOT NULL)");
    sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE"), *commit = prepare("COMMIT");
    sqlite3_stmt *insert = prepare("INSERT INTO events(content) VALUES(?1)");
    uint64_t begun = now_us(), until = begun + (uint64_t)(atof(arguments[3]) * 1e6);
    while (now_us() < until) {
        step(begin);
        for (uint64_t index = 0; index < per_transaction; index++) {
            char row[ROW_MAX];
            int length = write_row(row, events++);
            check(sqlite3_bind_blob(insert, 1, row, length, SQLITE_STATIC), SQLITE_OK);
            step(insert);
        }
        step(commit);
    }
    print_appends(events, begun);
    return 0;
}
