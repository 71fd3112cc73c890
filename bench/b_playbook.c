/* A thousand runs of Ward's playbooks at once, as the process that drives them has them: what they
 * cost in memory, and what a transition with its row costs beside reading that row again. */
#include "bench.h"
#include "files.h"

#include "respond/playbook/drive.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 1000, BOOKS_MAX = 64, TURNS = 12, ROWS_MAX = RUNS * (TURNS * 2 + 2) };

struct row {
	struct ward_id id;
	uint32_t revision;
	ward_ns time;
	size_t at, len; /* in `rows` */
};

struct wave {
	struct ward_limits lim;
	struct ward_playbook *item[BOOKS_MAX];
	struct ward_playbooks all;
	struct ward_drive *d;
	struct ward_wr rows;
	struct row *row;
	size_t n;
	ward_ns now;
};

static struct ward_drive *fresh(const struct wave *v)
{
	const struct ward_drive_opts o = {
		.all = &v->all, .n_now = v->all.n, .lim = &v->lim, .mem = ward_mem_heap()};
	struct ward_drive *d;

	if (ward_drive_new(&o, &d) != WARD_OK)
		bench_die("out of memory");
	return d;
}

static void load_books(struct wave *v)
{
	struct bench_path dir = bench_source("content/playbooks");
	const struct ward_playbook_world world = {.others = &v->all};
	struct dirent **e;
	struct ward_diag diag;
	char path[8192];
	int n = scandir(dir.s, &e, NULL, alphasort);

	ward_limits_default(&v->lim);
	ward_diag_init(&diag, ward_mem_heap());
	v->all.item = v->item;
	for (int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir.s, e[i]->d_name);
		if (v->all.n < BOOKS_MAX && ward_str_ends(ward_str_z(path), WARD_STR(".json")) &&
			ward_playbook_file(path, &v->lim, ward_mem_heap(), &diag,
				&v->item[v->all.n]) == WARD_OK)
			v->all.n++;
		free(e[i]);
	}
	free(e);
	for (size_t i = 0; i < v->all.n; i++)
		if (ward_playbook_check(v->item[i], &world, &diag) != WARD_OK)
			bench_die("%s has errors", path);
	if (!v->all.n)
		bench_die("no playbooks in %s", dir.s);
	ward_diag_fini(&diag);
}

/* As the store gives it back. */
static void keep(struct wave *v, const struct ward_drive_row *r)
{
	if (v->n == ROWS_MAX)
		bench_die("more rows than were thought of");
	v->row[v->n++] = (struct row){r->id, r->revision, r->time, v->rows.len, r->json.len};
	ward_wr_str(&v->rows, r->json);
	if (ward_wr_bad(&v->rows) || ward_drive_take(v->d, r) != WARD_OK)
		bench_die("out of memory");
}

static void start_all(struct wave *v)
{
	struct ward_drive_row row;
	struct ward_decided said;

	for (unsigned i = 0; i < RUNS; i++) {
		const struct ward_playbook *p = v->item[i % v->all.n];
		const struct ward_decision of = {.kind = WARD_DECISION_START,
			.id = {{1, (uint8_t)(i >> 8), (uint8_t)i}},
			.at = v->now,
			.person = WARD_STR("p-17"),
			.role = WARD_STR("crisis-manager"),
			.subject = p->id,
			.args = WARD_STR("{\"__place__\":\"Plant room A\",\"__asset__\":\"Air\"}")};

		if (!ward_drive_decide(v->d, &of, v->now, &row, &said))
			bench_die("a run is not begun: %.*s", WARD_STR_ARG(said.why));
		keep(v, &row);
	}
}

/* Whoever is asked says that it can't be done, so that each goes a long way. */
static void answer_all(struct wave *v, unsigned turn)
{
	struct ward_drive_row row;
	struct ward_decided said;

	for (size_t i = 0; i < ward_drive_n(v->d); i++) {
		struct ward_drive_run r;
		struct ward_run_request q;
		char id[WARD_ID_TEXT];

		ward_drive_at(v->d, i, &r);
		if (!r.run || !ward_run_open(r.run, 0, &q))
			continue;
		ward_id_text(q.id, id);
		const struct ward_decision of = {.kind = WARD_DECISION_FAILED,
			.id = {{2, (uint8_t)turn, (uint8_t)(i >> 8), (uint8_t)i}},
			.at = v->now,
			.person = WARD_STR("p-17"),
			.role = q.role.len ? q.role : WARD_STR("crisis-manager"),
			.subject = ward_str_z(id)};

		if (ward_drive_decide(v->d, &of, v->now, &row, &said))
			keep(v, &row);
	}
}

static void transitions(void *ctx)
{
	struct wave *v = ctx;
	struct ward_drive_row row;

	start_all(v);
	for (unsigned turn = 0; turn < TURNS; turn++) {
		for (size_t most = RUNS; most && ward_drive_next(v->d, v->now, &row); most--)
			keep(v, &row);
		answer_all(v, turn);
	}
}

static void begin_anew(void *ctx)
{
	struct wave *v = ctx;

	ward_drive_free(v->d);
	v->d = fresh(v);
	ward_wr_reset(&v->rows);
	v->n = 0;
}

/* A new life. */
static void read_rows(void *ctx)
{
	struct wave *v = ctx;

	for (size_t i = 0; i < v->n; i++) {
		const struct row *r = &v->row[i];
		const struct ward_drive_row of = {r->id, r->revision, r->time,
			ward_str_sub(ward_wr_text(&v->rows), r->at, r->len)};

		if (ward_drive_take(v->d, &of) != WARD_OK)
			bench_die("out of memory");
	}
}

static void only_a_drive(void *ctx)
{
	struct wave *v = ctx;

	ward_drive_free(v->d);
	v->d = fresh(v);
}

static size_t resident(void)
{
	unsigned long all, here = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%lu %lu", &all, &here) != 2)
		bench_die("/proc/self/statm");
	(void)fclose(f);
	return (size_t)here * (size_t)sysconf(_SC_PAGESIZE);
}

int main(void)
{
	static struct wave v;
	size_t before, n_open = 0, rows_bytes;

	v.now = 1768478400 * WARD_NS_PER_S;
	v.rows = ward_wr_grow(ward_mem_heap(), (size_t)1 << 30);
	v.row = malloc(ROWS_MAX * sizeof(*v.row));
	if (!v.row)
		bench_die("out of memory");
	load_books(&v);
	v.d = fresh(&v);
	before = resident();
	transitions(&v);
	rows_bytes = v.rows.len + v.n * sizeof(*v.row);
	for (size_t i = 0; i < ward_drive_n(v.d); i++) {
		struct ward_drive_run r;

		ward_drive_at(v.d, i, &r);
		n_open += r.run != NULL;
	}
	bench_note("playbook/runs",
		"%d runs of %zu playbooks, %zu open after %zu rows: %zu KiB resident more than "
		"without any, of which %zu KiB are this bench's copy of the rows",
		(int)RUNS, v.all.n, n_open, v.n, (resident() - before) >> 10, rows_bytes >> 10);
	bench_alone(&(struct bench){"playbook/transition", "row", v.n, BENCH_ROUNDS, BENCH_CPU},
		(struct bench_side){"made and written", transitions, &v, begin_anew});
	bench_alone(&(struct bench){"playbook/start", "row", v.n, BENCH_ROUNDS, BENCH_CPU},
		(struct bench_side){"read by a new life", read_rows, &v, only_a_drive});
	ward_drive_free(v.d);
	ward_wr_fini(&v.rows);
	free(v.row);
	for (size_t i = 0; i < v.all.n; i++)
		ward_playbook_free(v.item[i]);
	return 0;
}
