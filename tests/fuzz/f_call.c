/* Calls of systems: any text as what a playbook's command says, as what `act` hands over, and any
 * bytes as the answer. What is chosen is what the command says; what is written is one request. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "respond/act/call.h"
#include "respond/act/called.h"

static const char more[] = "roles: [{id: guard, name: Guard}]\n";
static const char systems[] =
	"actuators:\n"
	"  - id: api\n    http-api: https://a.example\n    secret_file: s\n    can:\n"
	"      - {id: off, does: isolate, on: [ahu-1, ahu-2], roles: guard, repeat: never, lasts: "
	"1h,\n"
	"         run: 'POST /v1/{thing}/off', content: '{\"who\":[\"{thing}\",1],\"x\":{}}', "
	"undo: POST "
	"/on}\n"
	"  - id: c2\n    openc2-http: https://c.example\n    secret_file: s\n    can:\n"
	"      - {id: tell, does: tell, on: ahu-1, roles: guard, repeat: never, run: POST /c,\n"
	"         content: '{\"action\":\"deny\",\"target\":{\"device\":{\"id\":\"{thing}\"}}}'}\n"
	"  - id: fw\n    ssh: f.example\n    user: u\n    host_key: k\n    secret_file: s\n    "
	"can:\n"
	"      - {id: cut, does: tell, on: ahu-1, roles: guard, repeat: never, run: 'cut "
	"{thing}'}\n";

static struct lab l; /* loaded once: they only answer */
static struct ward_actuators table;

static void once(void)
{
	const struct ward_escape plan = {.known = true};

	WARD_ASSERT(lab_load(&l, ward_mem_heap(), NULL, "more.yml", more) == WARD_OK);
	const struct ward_actuators_in in = {l.m, &plan, &l.lim, ward_mem_heap(), &l.d};

	WARD_ASSERT(ward_actuators_read(&in, WARD_STR("actuators.yml"),
			    ward_str_bytes(ward_str_z(systems)), &table) == WARD_OK);
}

static const struct ward_conf *parse(struct ward_arena *a, struct ward_slice s)
{
	const struct ward_conf *c = NULL;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_conf_json(a, &l.lim, WARD_STR("c"), 1, s, &d, &c);

	ward_diag_fini(&d);
	return err ? NULL : c;
}

/* What is chosen for one thing is chosen for any of them, and by a command without open parts it
 * holds the thing's id. */
static void choose(const struct ward_conf *c, struct ward_slice s)
{
	uint32_t node = ward_model_find(l.m, WARD_STR("ahu-1"));
	size_t any = ward_ability_called(&table, l.m, &l.lim, c, WARD_NONE, false);
	size_t one = ward_ability_called(&table, l.m, &l.lim, c, node, false);
	const struct ward_conf *call = ward_conf_get(c, "call");

	WARD_ASSERT(any == SIZE_MAX || any < table.n_ability);
	if (one == SIZE_MAX)
		return;
	WARD_ASSERT(any != SIZE_MAX && ward_ability_acts_on(&table.ability[one], node));
	if (ward_str_find(ward_slice_text(s), WARD_STR("\xEF\xBF\xBC")) == SIZE_MAX &&
		ward_str_find(ward_slice_text(s), WARD_STR("\\u")) == SIZE_MAX && one != 1)
		WARD_ASSERT(ward_str_find(call->text, WARD_STR("ahu-1")) != SIZE_MAX);
}

/* One request: its head ends once, before what is sent with it. */
static void ask(struct ward_str body)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_arena arena;
	struct ward_weburl url;
	struct ward_call c;
	const char *why;

	ward_arena_init(&arena, ward_mem_heap(), 1 << 22);
	WARD_ASSERT(ward_weburl_read(WARD_STR("https://a.example"), &url, &why) == WARD_OK);
	if (ward_call_read(&arena, &l.lim, body, &c) == WARD_OK) {
		ward_call_write(&c, &url, (struct ward_id){{1}}, WARD_STR("a-secret"), &w);
		struct ward_str all = ward_wr_text(&w);
		size_t end = ward_str_find(all, WARD_STR("\r\n\r\n"));

		WARD_ASSERT(!ward_wr_bad(&w) && end != SIZE_MAX);
		WARD_ASSERT(ward_str_eq(ward_str_sub(all, end + 4, SIZE_MAX), c.content));
		WARD_ASSERT(
			ward_str_find(ward_str_sub(all, 0, end), WARD_STR("a-secret")) != SIZE_MAX);
		WARD_ASSERT(ward_str_ends(ward_str_sub(all, 0, ward_str_find(all, WARD_STR("\r"))),
			WARD_STR(" HTTP/1.1")));
	}
	ward_arena_fini(&arena);
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_slice s = {copy, len};
	struct ward_outcome o = {.what = WARD_SENT_DELIVERED};
	struct ward_call_line line;
	struct ward_arena arena;

	if (!l.m)
		once();
	ward_arena_init(&arena, ward_mem_heap(), 1 << 22);
	const struct ward_conf *c = parse(&arena, s);

	if (c)
		choose(c, s);
	ask(ward_slice_text(s));
	ward_call_judge(&l.lim, ward_mem_heap(), s, &o);
	WARD_ASSERT((o.what == WARD_SENT_DELIVERED) == !o.why[0]);
	if (ward_call_line(ward_slice_text(s), &line))
		WARD_ASSERT(line.method.len && line.path.len <= len);
	if (!ward_call_header_wrong(ward_slice_text(s)))
		WARD_ASSERT(!memchr(copy, '\n', len) && !memchr(copy, '\r', len));
	ward_arena_fini(&arena);
	free(copy);
	return 0;
}
