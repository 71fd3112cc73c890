/* Logs of others as events: JSON records, syslog messages, lines of text.
 *
 * One `struct ward_log_sensor` per source; single-threaded; sees untrusted bytes; reads no clock,
 * file or socket. Which record becomes what is in README.md. */
#ifndef WARD_SENSE_LOG_LOG_H
#define WARD_SENSE_LOG_LOG_H

#include "sense/input.h"

enum ward_log_format {
	WARD_LOG_JSON,   /* JSON objects of others; Ward's own event lines get no special reading */
	WARD_LOG_EVENTS, /* Ward's event lines; other JSON objects too */
	WARD_LOG_POSTED, /* as JSON; Ward's event lines may say time, fields and a class that a
			    device may give: who they are of and their id are ours */
	WARD_LOG_SENSED, /* Ward's event lines of one of its sensors elsewhere: also a class that
			    only sensors give, and an id, from which ours is made; nothing else */
	WARD_LOG_ZEEK,   /* Zeek's text form; its JSON is JSON */
	WARD_LOG_SYSLOG, /* RFC 5424, RFC 3164 or plain text; LF or octet-counted */
};

struct ward_log_sensor;

/* opts is borrowed and must outlive it, but for source, which is copied; opts->source must not be
 * empty. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_log_sensor_new(const struct ward_input_opts *opts,
	enum ward_log_format format, struct ward_log_sensor **ret);
void ward_log_sensor_free(struct ward_log_sensor *log);

/* One whole record (JSON value or syslog message) that began at byte off of the source. Memory is
 * the arena's; text may go. OK; NOMEM; or the record gave no event: MORE for JSON that ends too
 * early, AGAIN for a line of Zeek's header, else MALFORMED, UTF8, DUPLICATE, LIMIT, FOREIGN.
 * *ret_problem is set when something is wrong with it, dropped or not (counter NULL otherwise);
 * nothing is counted but "log.events", "log.no_time", "log.header" and the forms. */
WARD_MUST_CHECK enum ward_err ward_log_sensor_record(struct ward_log_sensor *log,
	struct ward_str text, uint64_t off, struct ward_arena *arena, struct ward_event *ret,
	struct ward_input_problem *ret_problem);

/* The text of the record that was refused last, as log.plain with `message`, so that it is not
 * lost: for what came as JSON of others and is none. Invalid UTF-8 is replaced. Counts as
 * ward_log_sensor_record. FOREIGN for other formats, for what is too long and for bytes that are no
 * text; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_log_sensor_text(struct ward_log_sensor *log,
	struct ward_str text, uint64_t off, struct ward_arena *arena, struct ward_event *ret);

/* An event whose fields another reader of this room made of a record at byte off, named as nested
 * JSON would be: lifts the names, and sets class (if it has none), times, id and source. has_time:
 * e->time holds the record's time unless a field has one. Counts as ward_log_sensor_record. NOMEM.
 */
WARD_MUST_CHECK enum ward_err ward_log_sensor_fields(
	struct ward_log_sensor *log, uint64_t off, bool has_time, struct ward_event *e);

/* Drivers for ward_input_open: WARD_INPUT_EVENTS, WARD_INPUT_JSON, WARD_INPUT_ZEEK,
 * WARD_INPUT_LINES and WARD_INPUT_EVTX (Windows event log files), WARD_INPUT_EXPORT (systemd's
 * journal) and WARD_INPUT_CSV (with a header). */
extern const struct ward_input_driver ward_log_driver_events;
extern const struct ward_input_driver ward_log_driver_json;
extern const struct ward_input_driver ward_log_driver_zeek;
extern const struct ward_input_driver ward_log_driver_lines;
extern const struct ward_input_driver ward_log_driver_evtx;
extern const struct ward_input_driver ward_log_driver_export;
extern const struct ward_input_driver ward_log_driver_csv;
/* All of them, for a table of drivers. */
#define WARD_LOG_DRIVERS                                                                \
	&ward_log_driver_events, &ward_log_driver_json, &ward_log_driver_zeek,          \
		&ward_log_driver_lines, &ward_log_driver_evtx, &ward_log_driver_export, \
		&ward_log_driver_csv

#endif
