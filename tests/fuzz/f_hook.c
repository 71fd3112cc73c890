/* What somebody posts to a webhook, by a mapping of its members: the input is the body; and the
 * mapping itself, with the same body, when the first byte is odd: then it ends at the first 0. */
#include "fuzz.h"

#include "sense/log/log.h"
#include "sense/log/pattern.h"

static const char mapping[] =
	"name: access\n"
	"fields: {event.type: event.type, event.door: door, event.card: badge, at: time}\n"
	"values: {event.type: {ZUTRITT: granted}}\n"
	"patterns:\n"
	"  - id: event\n"
	"    json: [event.type, event.door]\n"
	"    class: log.device\n"
	"    cases:\n"
	"      - {when: {event.type: granted}, class: door.granted}\n"
	"      - {when: {event.type: DOOR_FORCED}, class: door.forced}\n";

static const char body_usual[] =
	"{\"event\": {\"type\": \"ZUTRITT\", \"door\": \"D1\", \"card\": 7}}";

struct hook {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_log_patterns *patterns;
	struct ward_input_opts opts; /* which the sensor borrows */
	struct ward_log_sensor *log;
};

/* False: the mapping is none, which has a finding. */
static bool begin(struct hook *h, struct ward_slice text)
{
	ward_limits_default(&h->lim);
	ward_counters_init(&h->counters);
	ward_diag_init(&h->diag, ward_mem_heap());
	ward_arena_init(&h->arena, ward_mem_heap(), 1 << 24);
	WARD_ASSERT(ward_names_init(&h->names, ward_mem_heap(), &h->lim) == WARD_OK);
	WARD_ASSERT(ward_log_patterns_new(&h->names, &h->lim, ward_mem_heap(), &h->patterns) ==
		    WARD_OK);
	enum ward_err err = ward_log_patterns_parse(h->patterns, WARD_STR("f.yml"), text, &h->diag);

	WARD_ASSERT((err == WARD_OK) == (h->diag.n_error == 0));
	h->opts = (struct ward_input_opts){.mem = ward_mem_heap(),
		.lim = &h->lim,
		.names = &h->names,
		.counters = &h->counters,
		.patterns = h->patterns,
		.source = WARD_STR("access"),
		.seen = WARD_NS_PER_S,
		.reference = WARD_NS_PER_S};

	WARD_ASSERT(ward_log_sensor_new(&h->opts, WARD_LOG_JSON, &h->log) == WARD_OK);
	return err == WARD_OK;
}

static void end(struct hook *h)
{
	ward_log_sensor_free(h->log);
	ward_log_patterns_free(h->patterns);
	ward_names_fini(&h->names);
	ward_arena_fini(&h->arena);
	ward_diag_fini(&h->diag);
}

/* What is taken is a whole event that can be recorded; what is not has a reason that is counted. */
static void post(struct hook *h, struct ward_str body)
{
	struct ward_input_problem problem = {.counter = NULL};
	uint8_t record[1 << 17];
	struct ward_wr w = ward_wr_fixed(record, sizeof(record));
	struct ward_event e;
	enum ward_err err = ward_log_sensor_record(h->log, body, 1, &h->arena, &e, &problem);

	WARD_ASSERT(err != WARD_ERR_NOMEM);
	if (err) {
		WARD_ASSERT(problem.counter);
		return;
	}
	WARD_ASSERT(ward_name_text(&h->names, e.class).len && e.seen == WARD_NS_PER_S);
	WARD_ASSERT(ward_str_eqz(ward_name_text(&h->names, e.source), "access"));
	ward_event_encode(&e, &h->names, &w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct hook h = {.log = NULL};
	bool own;

	if (len < 1 || len > 65536)
		return 0;
	own = data[0] & 1;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);
	const uint8_t *cut = own && len > 1 ? memchr(copy, 0, len - 1) : NULL;
	size_t n = !own ? 0 : cut ? (size_t)(cut - copy) : len - 1;
	struct ward_slice text = own ? ward_slice_of(copy, n) : ward_str_bytes(ward_str_z(mapping));
	struct ward_str body =
		own && !cut ? ward_str_z(body_usual)
			    : ward_slice_text(ward_slice_of(copy + n + own, len - 1 - n - own));

	if (begin(&h, text))
		post(&h, body);
	end(&h);
	free(copy);
	return 0;
}
