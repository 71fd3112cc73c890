/* What pseudonyms and the ledger cost together: from what a sensor is given to rows that are
 * durable, through a journal, the brain and the store, with both, with one of them, and with
 * neither, in the same run. With pseudonyms each event's identities are replaced before it is
 * encoded for the journal (tokens remembered as sensors do); with the ledger the store is Ward's
 * own and the notary grows its tree from what the store has, and signs for each hundred leaves;
 * without it the same rows go into the same tables without leaves and salts.
 *
 * All four go side by side, a few dozen events each in turn, by processor time: what else the
 * machine does meets all of them alike. The inputs: the recordings of an attack on cooling and of
 * an ordinary day (packets, doors, values), and lines of logs. */
#include "bare_store.h"
#include "bench.h"
#include "files.h"

#include "../tests/unit/brain/lab.h"
#include "comply/notary.h"
#include "journal/journal.h"
#include "sense/log/log.h"
#include "sense/log/pattern.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	BATCH = 64, /* events that are durable at once, and their rows at once, too */
	LEAVES_OF_HEAD = 100,
	TOKENS = 4096,
	LINES_BYTES = 2 << 20,
	SIDES = 4,
	PASSES = 101,
	PASSES_LEAST = 5,
	SECONDS = 20, /* of one input, all sides */
};

/* What all sides take. */
struct input {
	struct lab *l;
	struct record *record; /* as sensors give them, with identities; NULL: lines */
	struct ward_str *line;
	size_t n;
	struct ward_log_sensor *log;
};

/* One way from sensor to rows. */
struct side {
	const char *name;
	bool hides, proves;
	struct lab *l;
	char dir[64];
	struct ward_brain *brain;
	struct ward_journal *journal;
	struct ward_journal_cursor *cursor;
	struct ward_io_dir io;
	ward_ns time[BATCH]; /* of what is in the journal's open group */
	size_t n_waiting;
	struct ward_store *store; /* one of them */
	struct bare_store *bare;
	struct ward_notary notary;
	uint64_t position, n_told;
	struct ward_arena sensed;
	size_t n_row, n_rejected;
	/* what a sensor remembers of tokens */
	struct ward_intern who;
	struct ward_str token[TOKENS];
	struct ward_arena tokens;
	struct ward_pseudonym_way way;
};

static void must(enum ward_err err, const char *what)
{
	if (err)
		bench_die("%s: %s", what, ward_err_text(err));
}

static struct ward_str token(void *ctx, struct ward_arena *a, struct ward_str who)
{
	struct side *s = ctx;
	uint32_t id = ward_intern_find(&s->who, who);

	if (id != WARD_NONE)
		return ward_arena_str(a, s->token[id]);
	struct ward_str t = ward_pseudonym_token(&s->l->pseudonym, &s->tokens, who);

	if (s->who.n < TOKENS && ward_intern_put(&s->who, who, &id) == WARD_OK)
		s->token[id] = t;
	return t;
}

static void on_row(void *ctx, const struct ward_output *o)
{
	static const enum ward_row_kind kind[] = {WARD_ROW_DETECTION, WARD_ROW_INCIDENT,
		WARD_ROW_IMPACT, WARD_ROW_DECISION, WARD_ROW_PERMIT, WARD_ROW_ACCOUNT,
		WARD_ROW_CENSUS, WARD_ROW_DELETION};
	_Static_assert(WARD_ARRAY_LEN(kind) == WARD_OUTPUT_N, "one for each kind of output");
	struct side *s = ctx;
	const struct ward_store_row row = {.kind = kind[o->kind],
		.id = o->id,
		.revision = o->revision,
		.time = o->time,
		.json = o->json};

	s->n_row++;
	if (s->proves)
		must(ward_store_put(s->store, &row), "the store");
	else
		bare_store_put(s->bare, &row);
}

static bool on_leaf(void *ctx, const struct ward_store_leaf *l)
{
	struct side *s = ctx;

	ward_notary_tell(&s->notary, WARD_NOTARY_ANY, &l->commitment);
	if (++s->n_told % LEAVES_OF_HEAD == 0)
		ward_notary_sign(&s->notary, l->row.time);
	return true;
}

/* What is in the journal, to the brain; its rows, durable; and their leaves, to the notary. */
static void flush(struct side *s)
{
	struct ward_record r;
	size_t i = 0;

	must(ward_journal_commit(s->journal), "the journal");
	if (s->proves)
		must(ward_store_begin(s->store), "the store");
	else
		bare_store_begin(s->bare);
	while (ward_journal_next_record(s->cursor, &r) == WARD_OK) {
		const struct record in = {.time = s->time[i], .seen = s->time[i], .event = r.data};

		lab_feed(s->l, s->brain, &in);
		i++;
	}
	s->position += i;
	s->n_waiting = 0;
	if (!s->proves) {
		bare_store_commit(s->bare, s->position);
		return;
	}
	must(ward_store_commit(s->store, s->position), "the store");
	must(ward_store_bare_leaves(s->store, s->n_told, SIZE_MAX, on_leaf, s), "the leaves");
}

/* From the sensor into the journal. */
static void pass(struct side *s, struct ward_event *e)
{
	static uint8_t bytes[128 << 10];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_record r = {.type = WARD_RECORD_EVENT, .source = 1};
	uint64_t seq;

	if (s->hides)
		must(ward_pseudonym_event(e, &s->way), "pseudonyms");
	ward_event_encode(e, &s->l->names, &w);
	r.data = ward_wr_slice(&w);
	if (ward_wr_bad(&w))
		bench_die("an event is too long");
	must(ward_journal_append(s->journal, &r, 1, &seq), "the journal");
	s->time[s->n_waiting++] = e->time;
}

static void pass_line(struct side *s, const struct input *in, size_t i)
{
	struct ward_input_problem problem;
	struct ward_event e;

	if (!in->line[i].len ||
		ward_log_sensor_record(in->log, in->line[i], i, &s->sensed, &e, &problem)) {
		s->n_rejected++;
		return;
	}
	/* the brain's clock goes by arrival */
	e.seen = e.time = 1767225600 * WARD_NS_PER_S + (ward_ns)i * WARD_NS_PER_MS;
	pass(s, &e);
}

static void pass_record(struct side *s, const struct record *r)
{
	struct ward_event e;

	must(ward_event_decode(r->event, &s->l->names, &s->sensed, &s->l->lim, &e), "a record");
	e.time = r->time;
	e.seen = r->seen;
	pass(s, &e);
}

/* At most BATCH of the input, from the i-th on. */
__attribute__((noinline)) static void some(struct side *s, const struct input *in, size_t i)
{
	size_t end = in->n - i > BATCH ? i + BATCH : in->n;

	for (; i < end; i++) {
		ward_arena_reset(&s->sensed);
		if (in->record)
			pass_record(s, &in->record[i]);
		else
			pass_line(s, in, i);
	}
	flush(s);
}

/* Another brain, journal, store and notary, with nothing in them. */
static void side_begin(struct side *s)
{
	const uint8_t seed[WARD_NOTARY_SEED] = {1};
	struct ward_brain_config c = s->l->config;
	struct ward_journal_options opt;
	char path[96];

	(void)snprintf(s->dir, sizeof(s->dir), "/tmp/b_privacy.XXXXXX");
	if (!mkdtemp(s->dir))
		bench_die("can't make a directory");
	(void)snprintf(path, sizeof(path), "%s/ward.db", s->dir);
	s->n_row = s->n_rejected = 0;
	s->position = s->n_told = 0;
	must(ward_io_dir_open(&s->io, s->dir, false, true), "the journal's folder");
	ward_journal_options_default(&opt, &s->l->lim);
	must(ward_journal_open(&opt, &s->io.io, ward_clock_system(), ward_mem_heap(), &s->journal),
		"the journal");
	must(ward_journal_cursor_open(s->journal, 0, &s->cursor), "the journal");
	c.out = on_row;
	c.out_ctx = s;
	must(ward_brain_new(&c, &s->brain), "the brain");
	ward_notary_new(seed, &s->notary);
	const struct ward_store_options o = {
		.path = path, .clock = ward_clock_system(), .mem = ward_mem_heap()};

	if (s->proves)
		must(ward_store_open(&o, &s->store), "the store");
	else
		s->bare = bare_store_open(path);
}

static void side_end(struct side *s)
{
	ward_brain_free(s->brain);
	if (s->proves)
		ward_store_close(s->store);
	else
		bare_store_close(s->bare);
	ward_journal_cursor_close(s->cursor);
	ward_journal_close(s->journal);
	ward_io_dir_close(&s->io);
	bench_remove(s->dir);
}

/* All of the input by each side, in turn, the first one another each time; nanoseconds of each. */
static void once(struct side *side[SIDES], size_t n, const struct input *in, double ret[SIDES])
{
	size_t turn = 0;

	for (size_t k = 0; k < n; k++) {
		side_begin(side[k]);
		ret[k] = 0;
	}
	for (size_t i = 0; i < in->n; i += BATCH, turn++)
		for (size_t j = 0; j < n; j++) {
			size_t k = (j + turn) % n;
			double from = bench_cpu();

			some(side[k], in, i);
			ret[k] += bench_cpu() - from;
		}
	for (size_t k = 0; k < n; k++)
		side_end(side[k]);
}

static void measure(struct side *side[SIDES], const char *what, const struct input *in)
{
	static double ns[SIDES][PASSES];
	double got[SIDES];
	ward_ns until = ward_clock_mono(ward_clock_system()) + SECONDS * WARD_NS_PER_S;
	size_t n_pass = 0, n_event;
	char name[80];

	once(side, SIDES, in, got); /* warms up */
	n_event = in->n - side[0]->n_rejected;
	while (n_pass < PASSES &&
		(n_pass < PASSES_LEAST || ward_clock_mono(ward_clock_system()) < until)) {
		once(side, SIDES, in, got);
		for (size_t k = 0; k < SIDES; k++)
			ns[k][n_pass] = got[k] / (double)n_event;
		n_pass++;
	}
	for (size_t k = 0; k + 1 < SIDES; k++) {
		double neither[PASSES];

		(void)snprintf(name, sizeof(name), "privacy/%s, %s", what, side[k]->name);
		memcpy(neither, ns[SIDES - 1], sizeof(neither));
		bench_given_pair(&(struct bench){name, "event", n_event, n_pass, BENCH_CPU}, ns[k],
			"neither", neither);
	}
	(void)snprintf(name, sizeof(name), "privacy/%s", what);
	bench_note(name, "%zu events, %zu rows, %zu signed leaves; bar of both: 1.10", n_event,
		side[0]->n_row, (size_t)side[0]->n_told);
}

static void side_init(struct side *s, struct lab *l)
{
	s->l = l;
	ward_arena_init(&s->sensed, ward_mem_heap(), 16 << 20);
	ward_arena_init(&s->tokens, ward_mem_heap(), 16 << 20);
	ward_intern_init(&s->who, ward_mem_heap(), TOKENS, TOKENS * 256);
	s->way = (struct ward_pseudonym_way){.token = token, .ctx = s, .names = &l->names};
}

static void side_fini(struct side *s)
{
	ward_intern_fini(&s->who);
	ward_arena_fini(&s->tokens);
	ward_arena_fini(&s->sensed);
	free(s);
}

static void run(struct side *side[SIDES], const char *what, const struct input *in,
	const char *const only[2])
{
	double got[SIDES];

	if (!only[0])
		measure(side, what, in);
	for (size_t k = 0; only[0] && k < SIDES; k++)
		if (strcmp(only[0], what) == 0 && strcmp(only[1], side[k]->name) == 0)
			once(&side[k], 1, in, got);
}

static void run_recording(
	struct side *side[SIDES], const char *what, const char *scenario, const char *const only[2])
{
	struct input in = {.l = side[0]->l};

	in.record = lab_records(in.l, scenario, &in.n);
	run(side, what, &in, only);
	free(in.record);
}

static void run_lines(struct side *side[SIDES], const char *const only[2])
{
	struct lab *l = side[0]->l;
	struct bench_path path, content = bench_source("content/log-patterns");
	struct ward_log_patterns *patterns;
	struct input in = {.l = l};

	if (!bench_shared("logs/loghub/OpenSSH_2k.log.zst", &path)) {
		bench_skip("privacy/lines", "no shared data");
		return;
	}
	must(ward_log_patterns_new(&l->names, &l->lim, ward_mem_heap(), &patterns), "the patterns");
	if (ward_log_patterns_load(patterns, content.s, &l->diag) != WARD_OK)
		bench_die("the patterns can't be loaded; 'ward check' says why");
	const struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &l->lim,
		.names = &l->names,
		.counters = &l->counters,
		.patterns = patterns,
		.source = WARD_STR("bench"),
		.seen = 1767225600 * WARD_NS_PER_S};
	struct ward_str text = bench_read(path.s, LINES_BYTES), rest = text;

	must(ward_log_sensor_new(&opts, WARD_LOG_SYSLOG, &in.log), "the sensor");
	in.line = calloc(text.len, sizeof(*in.line));
	if (!in.line)
		bench_die("out of memory");
	while (rest.len)
		in.line[in.n++] = ward_str_cut(&rest, '\n');
	run(side, "lines of sshd", &in, only);
	free(in.line);
	bench_free(text);
	ward_log_sensor_free(in.log);
	ward_log_patterns_free(patterns);
}

/* With two words: "attack", "day" or "lines of sshd", and "both", "pseudonyms", "the ledger" or
 * "neither", that one once, for who counts instructions. */
int main(int argc, char **argv)
{
	static const struct side kind[SIDES] = {{.name = "both", .hides = true, .proves = true},
		{.name = "pseudonyms", .hides = true}, {.name = "the ledger", .proves = true},
		{.name = "neither"}};
	const char *const only[2] = {argc > 2 ? argv[1] : NULL, argc > 2 ? argv[2] : NULL};
	struct side *side[SIDES];
	struct lab *l = lab_new();

	for (size_t i = 0; i < SIDES; i++) {
		side[i] = malloc(sizeof(*side[i]));
		if (!side[i])
			bench_die("out of memory");
		*side[i] = kind[i];
		side_init(side[i], l);
	}
	run_recording(side, "attack", "cooling", only);
	run_recording(side, "day", "ordinary-day", only);
	run_lines(side, only);
	for (size_t i = 0; i < SIDES; i++)
		side_fini(side[i]);
	lab_free(l);
	return 0;
}
