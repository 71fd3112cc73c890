/* `ward sense field bacnet|modbus|snmp`: what asking controllers by hand has in common. */
#ifndef WARD_CLI_FIELD_POLL_H
#define WARD_CLI_FIELD_POLL_H

#include "cli/cli.h"
#include "sense/building/poll_tell.h"

enum { FIELD_POLL_POINTS = 256, FIELD_POLL_TARGETS = 64 };

struct field_poll {
	const struct ward_cmd *cmd;
	const char *what; /* "bacnet" … */
	/* Arguments. */
	const char *target[FIELD_POLL_TARGETS]; /* n_target */
	size_t n_target;
	const char *point[FIELD_POLL_POINTS]; /* n_point, "[NAME=]ADDRESS" */
	size_t n_point;
	const char *hospital, *source, *at;
	const char *user, *password_file, *security;
	uint64_t every_s, seconds, count;
	bool cov, acknowledge;
	/* Set up by field_poll_begin. */
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_poll_plan plan;
	struct ward_wr out;
	ward_ns begun;
	uint64_t n;  /* events */
	bool broken; /* standard output */
};

/* Reads the arguments (argv[0] is "bacnet" …), and the points. An exit code; DONE: go on, and end
 * with field_poll_end. */
int field_poll_begin(struct field_poll *f, const struct ward_cmd *cmd, int argc, char **argv);
/* The sink's: ctx is the field_poll. */
enum ward_err field_poll_put(void *ctx, const struct ward_event *e);
struct ward_poll_now field_poll_now(void);
/* True while there is time and something is wanted. */
bool field_poll_goes_on(const struct field_poll *f);
/* Until then a poll may wait, in ms. */
int field_poll_wait(const struct field_poll *f, ward_ns due);
/* Says that point i can't be asked for; the exit code. */
int field_poll_bad_point(const struct field_poll *f, size_t i, const char *why);
/* A TCP connection with the one target, HOST:PORT. IO: errno says why. */
WARD_MUST_CHECK enum ward_err field_poll_connect(const struct field_poll *f, int *ret_fd);
/* Frees all; err: how it ended, said with doing. The exit code. */
int field_poll_end(struct field_poll *f, enum ward_err err, const char *doing);

/* The commands below `sense field`; argv[0] is their name. */
int ward_cli_field_bacnet(const struct ward_cmd *cmd, int argc, char **argv);
int ward_cli_field_modbus(const struct ward_cmd *cmd, int argc, char **argv);
int ward_cli_field_snmp(const struct ward_cmd *cmd, int argc, char **argv);

#endif
