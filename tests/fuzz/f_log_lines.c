/* Lines against patterns that use every type of a value. The first line of the input is the
 * program, the rest the message. What is found must be text of the message, or made of it: valid
 * UTF-8 stays valid. */
#include "fuzz.h"

#include "sense/log/pattern.h"

static const char source[] =
	"name: any\nclass: log.x\npatterns:\n"
	"- {id: cef, line: 'CEF:{cef}', tests: []}\n"
	"- {id: leef, line: 'LEEF:{leef}', tests: []}\n"
	"- {id: csv, line: 'CSV {csv}', columns: [a, '-', 'src_ip:ip', 'n:int'], tests: []}\n"
	"- {id: time, line: ['{time:time} {a:text} {rest}', '{time:time}{rest}'], tests: []}\n"
	"- {id: ip, line: '{src_ip:ip}/{src_port:port} {proto:proto}{sp}{m:mac} {rest}', tests: "
	"[]}\n"
	"- {id: host, line: '{src_ip:host} {a:quoted} {b:num}', tests: []}\n"
	"---\n"
	"name: prog\napp: [prog, 'fix*']\nclass: log.y\n"
	"fields: {a: a, src: 'src_ip:host', n: 'n:int', mac: 'src_mac:mac', t: 't:time', q: "
	"'q:quoted'}\n"
	"values: {a: {x: y, '*': z}}\n"
	"cases: [{when: {a: y}, class: host.login, set: {login.outcome: ok}}]\n"
	"patterns:\n"
	"- {id: kv, line: ['{kv}'], starts: 'a=', tests: []}\n"
	"- {id: long, line: 'for {user:long} from {src_ip:host} port {src_port:port}', tests: []}\n"
	"- {id: words, line: '{a:word} {b:text}: {c:int} {rest}', tests: []}\n";

static void take(struct ward_log_patterns *p, struct ward_str app, struct ward_str text)
{
	struct ward_arena arena;
	struct ward_event e;
	ward_ns time = 0;
	bool fits;

	ward_arena_init(&arena, ward_mem_heap(), 1 << 22);
	ward_event_init(&e, &arena);
	WARD_ASSERT(ward_log_patterns_line(p, app, text, &e, &time, &fits) == WARD_OK);
	WARD_ASSERT(fits == (e.n_field > 0));
	for (size_t i = 0; i < e.n_field; i++) {
		const struct ward_value *v = &e.field[i].v;

		WARD_ASSERT(v->kind != WARD_VALUE_NULL);
		if (v->kind == WARD_VALUE_STR)
			WARD_ASSERT(ward_utf8_valid(ward_str_bytes(v->s), NULL));
	}
	ward_arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ward_log_patterns *p;
	static struct ward_limits lim;
	static struct ward_names names;

	if (!p) {
		struct ward_diag diag;

		ward_limits_default(&lim);
		ward_diag_init(&diag, ward_mem_heap());
		WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
		WARD_ASSERT(ward_log_patterns_new(&names, &lim, ward_mem_heap(), &p) == WARD_OK);
		/* Without tests each is told, and loaded. */
		WARD_ASSERT(ward_log_patterns_parse(p, WARD_STR("f.yml"),
				    ward_str_bytes(ward_str_z(source)), &diag) == WARD_ERR_CONFIG);
		WARD_ASSERT(ward_log_patterns_n(p) == 9);
		ward_diag_fini(&diag);
	}
	if (len > 65536 || !ward_utf8_valid(ward_slice_of(data, len), NULL))
		return 0;
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str text = ward_slice_text(ward_slice_of(copy, len));
	struct ward_str app = ward_str_cut(&text, '\n');

	if (text.p)
		take(p, app, text);
	free(copy);
	return 0;
}
