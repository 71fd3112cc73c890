/* The inventory of a hospital of 10,000 assets sorted by risk, beside the same page as its files
 * have it: the first answer to each, which nothing that is kept helps. What all risks cost once,
 * which the process `reckon` computes while nobody asks, stands apart. */
#include "bench.h"
#include "files.h"

#include "api/api.h"
#include "reckon/reckon.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROUNDS = 51, LIMIT = 50 };

static const struct ward_api_who all = {.rights = WARD_RIGHTS_ALL};

struct state {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_model *m;
	struct ward_api *a;
	struct ward_reckon *r;
	struct ward_reckon_opts o;
	unsigned n;
	struct ward_wr w;
};

static bool answer(struct state *s, struct ward_str query)
{
	const struct ward_api_ask one = {.method = WARD_STR("GET"),
		.path = WARD_STR("/api/v1/assets"),
		.query = query,
		.who = &all,
		.now = 1773285000 * WARD_NS_PER_S};
	struct ward_api_answer is;
	struct ward_reckon_ask ask;

	ward_wr_reset(&s->w);
	ward_api_answer(s->a, &one, &s->w, &is);
	if (is.status != 503 || !is.question.len)
		return is.status == 200;
	struct ward_rd rd = ward_rd_slice(ward_str_bytes(is.question));

	if (ward_reckon_get(&rd, &ask) != WARD_OK)
		bench_die("no question");
	const struct ward_reckoned said = ward_reckon_answer(s->r, &ask);

	if (ward_api_reckoned(s->a, is.question, &said) != WARD_OK)
		bench_die("out of memory");
	return answer(s, query);
}

/* Each time another page, so that none is kept. */
static void first(struct state *s, const char *sort)
{
	char query[64];

	(void)snprintf(query, sizeof(query), "%slimit=%u", sort, LIMIT + s->n++ % 400);
	if (!answer(s, ward_str_z(query)))
		bench_die("%s", query);
	bench_keep(s->w.len);
}

static void by_risk(void *ctx)
{
	first(ctx, "sort=risk&");
}

static void as_it_is(void *ctx)
{
	first(ctx, "");
}

static void anew(void *ctx)
{
	struct state *s = ctx;

	ward_reckon_free(s->r);
	s->r = NULL;
	if (ward_reckon_new(&s->o, &s->r) != WARD_OK)
		bench_die("the hospital can't be read");
}

static void ready(void *ctx)
{
	struct state *s = ctx;

	if (!ward_reckon_ready(s->r))
		bench_die("no risks");
}

int main(void)
{
	struct state s = {.w = ward_wr_grow(ward_mem_heap(), WARD_API_ANSWER)};
	struct bench_path content = bench_source("content"), ward = bench_ward();
	char dir[] = "/tmp/ward-bench-XXXXXX";
	const char *make[] = {ward.s, "model", "generate", dir, "--assets", "10000", NULL, NULL};
	const char *const *ctx = make;
	const struct bench once = {"reckon/all risks, before anybody asks", "hospital", 1, 3,
				   BENCH_CPU},
			   page = {"api/10,000 assets by risk, the first answer", "request", 1,
				   ROUNDS, BENCH_CPU};

	if (!mkdtemp(dir))
		bench_die("no folder");
	bench_programs((void *)(uintptr_t)ctx);
	ward_limits_default(&s.lim);
	ward_diag_init(&s.diag, ward_mem_heap());
	s.o = (struct ward_reckon_opts){.dir = dir,
		.content = content.s,
		.lim = &s.lim,
		.mem = ward_mem_heap(),
		.diag = &s.diag};
	if (ward_model_load(dir, content.s, &s.lim, ward_mem_heap(), &s.diag, &s.m) != WARD_OK)
		bench_die("the hospital can't be read");
	const struct ward_api_opts o = {.mem = ward_mem_heap(), .model = s.m, .lim = &s.lim};

	if (ward_api_new(&o, &s.a) != WARD_OK)
		bench_die("out of memory");
	bench_alone(&once, (struct bench_side){"risks", ready, &s, anew});
	bench_pair(&page, (struct bench_side){"by risk", by_risk, &s, NULL},
		(struct bench_side){"as its files have it", as_it_is, &s, NULL});
	ward_api_free(s.a);
	ward_reckon_free(s.r);
	ward_model_free(s.m);
	ward_diag_fini(&s.diag);
	ward_wr_fini(&s.w);
	bench_remove(dir);
	return 0;
}
