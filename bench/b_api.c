/* What an answer costs the room `api`: kept, against a copy of the same bytes; made anew after each
 * row; and one incident with 2,000 forecasts. */
#include "bench.h"
#include "hospital.h"

#include "api/api.h"

#include <stdio.h>

enum { INCIDENTS = 200, IMPACTS = 10, MANY = 2000, REQUESTS = 100, ASSETS = 1000, ROUNDS = 31 };

static const struct ward_api_who all = {.rights = WARD_RIGHTS_ALL};

struct state {
	struct ward_limits lim;
	struct ward_model *m;
	struct ward_api *a;
	uint64_t row;
	const char *path;
	size_t n; /* requests of one run */
	struct ward_wr w, copy;
};

static void take(struct state *s, enum ward_row_kind kind, const char *json, size_t len)
{
	const struct ward_store_row row = {.row = ++s->row,
		.kind = kind,
		.id = {{1}},
		.revision = (uint32_t)s->row,
		.json = {json, len}};

	if (ward_api_take(s->a, &row) != WARD_OK)
		bench_die("out of memory");
}

static void put_incident(struct state *s, unsigned i)
{
	char json[2048];
	int n = snprintf(json, sizeof(json),
		"{\"kind\":\"incident\",\"id\":\"00000000-0000-8000-8000-%012u\",\"revision\":1,"
		"\"state\":\"suspected\",\"domain\":\"hybrid\",\"level\":\"high\",\"first\":"
		"\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:20:00Z\",\"headline\":{"
		"\"threat\":\"Too warm\",\"on\":\"Theatre %u\"},\"first_step\":{\"role\":\"r\","
		"\"role_name\":\"Building engineer on call\",\"reach\":\"2310\",\"text\":"
		"\"Read the room's thermometer.\"},\"members\":[{\"detection\":"
		"\"11111111-0000-8000-8000-%012u\",\"title\":\"Room too warm\",\"level\":\"high\","
		"\"time\":\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:20:00Z\",\"count\":3,"
		"\"on\":\"Theatre %u\",\"on_kind\":\"room\",\"subject\":\"%.*s\",\"where\":"
		"\"First floor\",\"joined_by\":\"first\",\"with\":\"\",\"with_time\":\"\","
		"\"hops\":0}]}",
		i, i, i, i, WARD_STR_ARG(ward_model_node(s->m, i * 3 % ward_model_n(s->m))->id));

	take(s, WARD_ROW_INCIDENT, json, (size_t)n);
}

static uint32_t service(const struct ward_model *m, unsigned i)
{
	for (uint32_t k = 0; k < ward_model_n(m); k++)
		if (ward_model_node(m, k)->kind == WARD_NODE_SERVICE && !i--)
			return k;
	return 0;
}

static void put_impact(struct state *s, unsigned incident, unsigned i)
{
	char json[2048];
	uint32_t node = service(s->m, i % 8);
	int n = snprintf(json, sizeof(json),
		"{\"kind\":\"impact\",\"id\":\"22222222-0000-8000-%04u-%012u\",\"revision\":1,"
		"\"incident\":\"00000000-0000-8000-8000-%012u\",\"asset\":\"%.*s\","
		"\"asset_name\":\"%.*s\",\"threat\":\"outage\",\"threat_name\":\"Does not work\","
		"\"service\":true,\"need\":\"availability\",\"likelihood\":[0.%u,0.9],"
		"\"priority\":%u,\"earliest\":\"2026-03-12T02:30:00Z\",\"expected\":"
		"\"2026-03-12T02:50:00Z\",\"chain\":[{\"asset_name\":\"AHU 1\",\"threat_name\":"
		"\"Command\",\"group\":\"\"},{\"asset_name\":\"Theatre 1\",\"threat_name\":"
		"\"Too warm\",\"group\":\"\"},{\"asset_name\":\"Theatres\",\"threat_name\":"
		"\"Does not work\",\"group\":\"rooms\"}]}",
		incident % 10000, i, incident, WARD_STR_ARG(ward_model_node(s->m, node)->id),
		WARD_STR_ARG(ward_model_node(s->m, node)->name), 1 + i % 8, i % 50);

	take(s, WARD_ROW_IMPACT, json, (size_t)n);
}

static void ask(void *ctx)
{
	struct state *s = ctx;
	const struct ward_api_ask one = {.method = WARD_STR("GET"),
		.path = ward_str_z(s->path),
		.who = &all,
		.now = 1773285000 * WARD_NS_PER_S};
	struct ward_api_answer is;

	for (size_t i = 0; i < s->n; i++) {
		ward_wr_reset(&s->w);
		ward_api_answer(s->a, &one, &s->w, &is);
		if (is.status != 200)
			bench_die("%s: %u", s->path, is.status);
		bench_keep(s->w.len);
	}
}

static void copy(void *ctx)
{
	struct state *s = ctx;

	for (size_t i = 0; i < s->n; i++) {
		ward_wr_reset(&s->copy);
		ward_wr_bytes(&s->copy, s->w.p, s->w.len);
		bench_keep(s->copy.len);
	}
}

/* Another revision of one of them, so that nothing that is kept is good. */
static void change(void *ctx)
{
	struct state *s = ctx;

	put_incident(s, (unsigned)(s->row % INCIDENTS));
}

static void measure(struct state *s, const char *path, const char *name)
{
	char kept[64], anew[64];
	const struct bench b = {kept, "request", REQUESTS, ROUNDS, BENCH_CPU},
			   c = {anew, "request", 1, ROUNDS, BENCH_CPU};

	(void)snprintf(kept, sizeof(kept), "api/%s kept", name);
	(void)snprintf(anew, sizeof(anew), "api/%s anew", name);
	s->path = path;
	s->n = 1;
	ask(s);
	s->n = REQUESTS;
	bench_pair(&b, (struct bench_side){"answer", ask, s, NULL},
		(struct bench_side){"copy", copy, s, NULL});
	s->n = 1;
	bench_alone(&c, (struct bench_side){"answer", ask, s, change});
}

int main(void)
{
	struct state s = {.w = ward_wr_grow(ward_mem_heap(), WARD_API_ANSWER),
		.copy = ward_wr_grow(ward_mem_heap(), WARD_API_ANSWER)};

	ward_limits_default(&s.lim);
	s.m = bench_hospital(ASSETS, 1);
	const struct ward_api_opts o = {.mem = ward_mem_heap(), .model = s.m, .lim = &s.lim};

	if (ward_api_new(&o, &s.a) != WARD_OK)
		bench_die("out of memory");
	for (unsigned i = 0; i < INCIDENTS; i++) {
		put_incident(&s, i);
		for (unsigned k = 0; k < IMPACTS; k++)
			put_impact(&s, i, k);
	}
	measure(&s, "/api/v1/now", "now");
	measure(&s, "/api/v1/incidents", "incidents");
	for (unsigned k = 0; k < MANY; k++)
		put_impact(&s, 1, IMPACTS + k);
	measure(&s, "/api/v1/incidents/00000000-0000-8000-8000-000000000001",
		"incident of 2,000 forecasts");
	ward_api_free(s.a);
	ward_model_free(s.m);
	ward_wr_fini(&s.w);
	ward_wr_fini(&s.copy);
	return 0;
}
