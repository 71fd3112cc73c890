/* Costs of base that the packet path pays: hashing, tables, text checks, JSON. */
#include "bench.h"

#include "base/hash.h"
#include "base/id.h"
#include "base/json.h"

#include <stdio.h>

enum { N = 4096 };

struct load {
	struct ward_intern names;
	struct ward_tab tab;
	char text[N][24];
	struct ward_wr w;
};

static void intern_find(void *ctx)
{
	struct load *l = ctx;

	for (size_t i = 0; i < N; i++)
		bench_keep(ward_intern_find(&l->names, ward_str_z(l->text[i])));
}

static void tab_find(void *ctx)
{
	struct load *l = ctx;

	for (uint64_t i = 0; i < N; i++)
		bench_keep(ward_tab_find(&l->tab, &i) != NULL);
}

static void json_event(void *ctx)
{
	struct load *l = ctx;

	ward_wr_reset(&l->w);
	for (size_t i = 0; i < N; i++) {
		struct ward_json j = ward_json_on(&l->w);

		ward_json_obj(&j);
		ward_json_key(&j, "time");
		ward_json_time(&j, (ward_ns)i * 1234567891);
		ward_json_key(&j, "name");
		ward_json_z(&j, l->text[i]);
		ward_json_key(&j, "n");
		ward_json_u64(&j, i);
		ward_json_obj_end(&j);
	}
	bench_keep(l->w.len);
}

static void event_id(void *ctx)
{
	struct load *l = ctx;

	for (size_t i = 0; i < N; i++) {
		struct ward_idgen g;

		ward_idgen_init(&g, "event");
		ward_idgen_str(&g, ward_str_z(l->text[i]));
		ward_idgen_u64(&g, i);
		bench_keep(ward_idgen_final(&g).b[0]);
	}
}

static void utf8(void *ctx)
{
	struct load *l = ctx;

	for (size_t i = 0; i < N; i++)
		bench_keep(ward_utf8_valid(ward_slice_of(l->text[i], sizeof(l->text[i])), NULL));
}

int main(void)
{
	static struct load l;

	ward_intern_init(&l.names, ward_mem_heap(), N, N * 64);
	ward_tab_init(&l.tab, ward_mem_heap(), sizeof(uint64_t), sizeof(uint64_t), N);
	l.w = ward_wr_grow(ward_mem_heap(), 16 << 20);
	for (uint64_t i = 0; i < N; i++) {
		uint32_t id;
		void *val;

		(void)snprintf(l.text[i], sizeof(l.text[i]), "net.dns.query.%06u", (unsigned)i);
		if (ward_intern_put(&l.names, ward_str_z(l.text[i]), &id) ||
			ward_tab_put(&l.tab, &i, &val, NULL))
			return 1;
	}
	bench("base/intern_find", "find", N, intern_find, &l);
	bench("base/tab_find", "find", N, tab_find, &l);
	bench("base/json_event", "object", N, json_event, &l);
	bench("base/event_id", "id", N, event_id, &l);
	bench("base/utf8_valid", "24 bytes", N, utf8, &l);
	ward_wr_fini(&l.w);
	ward_tab_fini(&l.tab);
	ward_intern_fini(&l.names);
	return 0;
}
