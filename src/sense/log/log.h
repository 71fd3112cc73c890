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

/* Drivers for ward_input_open: WARD_INPUT_EVENTS, _JSON, _ZEEK and _LINES. */
extern const struct ward_input_driver ward_log_driver_events;
extern const struct ward_input_driver ward_log_driver_json;
extern const struct ward_input_driver ward_log_driver_zeek;
extern const struct ward_input_driver ward_log_driver_lines;

#endif
