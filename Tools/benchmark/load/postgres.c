// Appends small events to PostgreSQL: postgres CONNECTION PER_TRANSACTION SECONDS. Prepared inserts, pipelined, so many in each
// transaction (libpq's pipeline mode makes one of what stands before a sync). Link with pq.
#include "append_rows.h"
#include "measuring.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>

static PGconn *connection;

static void check(bool works)
{
    if (!works)
        fail("PostgreSQL: %s", PQerrorMessage(connection));
}

static void execute(const char *statement)
{
    PGresult *result = PQexec(connection, statement);
    check(PQresultStatus(result) == PGRES_COMMAND_OK);
    PQclear(result);
}

static void send_row(uint64_t number)
{
    char row[ROW_MAX];
    int length = write_row(row, number), is_binary = 1;
    const char *values[] = {row};
    check(PQsendQueryPrepared(connection, "insert", 1, values, &length, &is_binary, 1));
}

// Whether the sync's own result was among those that have come.
static bool take_results(void)
{
    while (!PQisBusy(connection)) {
        PGresult *result = PQgetResult(connection);
        if (!result)
            continue;  // stands between two queries' results
        ExecStatusType status = PQresultStatus(result);
        PQclear(result);
        if (status == PGRES_PIPELINE_SYNC)
            return true;
        check(status == PGRES_COMMAND_OK);
    }
    return false;
}

static void await_sync(void)
{
    bool synced = false;
    while (!synced) {
        int unsent = PQflush(connection);
        check(unsent >= 0);
        struct pollfd ready = {.fd = PQsocket(connection), .events = (short)(POLLIN | (unsent ? POLLOUT : 0))};
        poll(&ready, 1, 1000);
        if (ready.revents & POLLIN)
            check(PQconsumeInput(connection));
        synced = take_results();
    }
}

int main(int count, char **arguments)
{
    if (count != 4)
        fail("postgres CONNECTION PER_TRANSACTION SECONDS");
    uint64_t per_transaction = strtoull(arguments[2], NULL, 10), events = 0;
    connection = PQconnectdb(arguments[1]);
    check(PQstatus(connection) == CONNECTION_OK);
    execute("CREATE TABLE IF NOT EXISTS events(number bigserial PRIMARY KEY, content bytea NOT NULL)");
    PGresult *prepared = PQprepare(connection, "insert", "INSERT INTO events(content) VALUES($1)", 1, NULL);
    check(PQresultStatus(prepared) == PGRES_COMMAND_OK);
    PQclear(prepared);
    check(PQenterPipelineMode(connection) && PQsetnonblocking(connection, 1) == 0);
    uint64_t begun = now_us(), until = begun + (uint64_t)(atof(arguments[3]) * 1e6);
    while (now_us() < until) {
        for (uint64_t index = 0; index < per_transaction; index++)
            send_row(events++);
        check(PQpipelineSync(connection));
        await_sync();
    }
    print_appends(events, begun);
    PQfinish(connection);
    return 0;
}
