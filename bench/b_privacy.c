/* What pseudonyms and the ledger cost together: from what a sensor gives of an input to rows that
 * are ready for the store, with both and with neither, in the same run. With them each event's
 * identities are replaced before it is encoded for the journal (tokens remembered as sensors do),
 * and each row gets salt, commitment, leaf and tree, with a signed head for each hundred. The
 * inputs: the recording of an attack on cooling (packets, doors, values), and lines of logs. */
#include "bench.h"
#include "files.h"

#include "../tests/unit/brain/lab.h"
#include "base/hash.h"
#include "comply/head.h"
#include "journal/journal.h"
#include "sense/log/log.h"
#include "sense/log/pattern.h"
#include "store/store.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 64, COPY_BYTES = 1 << 20, ROWS_OF_HEAD = 100, TOKENS = 4096, LINES_BYTES = 2 << 20 };

struct load {
	struct lab *l;
	struct record *record; /* as sensors give them, with identities; NULL: lines */
	size_t n;
	struct ward_str lines;
	struct ward_log_sensor *log;
	struct ward_brain *brain;
	struct ward_journal *journal;
	struct ward_journal_cursor *cursor;
	struct ward_io_dir io;
	ward_ns time[BATCH]; /* of what is in the journal's open group */
	size_t n_waiting;
	struct ward_arena sensed;
	bool hides, proves;
	size_t n_row, n_rejected;
	/* what a sensor remembers of tokens */
	struct ward_intern who;
	struct ward_str token[TOKENS];
	struct ward_arena tokens;
	struct ward_pseudonym_way way;
	struct ward_ledger tree;
	struct ward_salts salts;
	struct ward_head head;
	uint8_t secret[WARD_LEDGER_SECRET], copy[COPY_BYTES];
};

static struct ward_str token(void *ctx, struct ward_arena *a, struct ward_str who)
{
	struct load *d = ctx;
	uint32_t id = ward_intern_find(&d->who, who);

	if (id != WARD_NONE)
		return ward_arena_str(a, d->token[id]);
	struct ward_str t = ward_pseudonym_token(&d->l->pseudonym, &d->tokens, who);

	if (d->who.n < TOKENS && ward_intern_put(&d->who, who, &id) == WARD_OK)
		d->token[id] = t;
	return t;
}

static void on_row(void *ctx, const struct ward_output *o)
{
	struct load *d = ctx;
	const struct ward_store_row row = {.kind = WARD_ROW_DETECTION,
		.id = o->id,
		.revision = o->revision,
		.time = o->time,
		.json = o->json};
	uint8_t salt[WARD_LEDGER_SALT];
	struct ward_hash commitment, leaf;

	memcpy(d->copy, o->json.p, o->json.len < COPY_BYTES ? o->json.len : COPY_BYTES);
	bench_keep(d->copy[o->json.len / 2]);
	d->n_row++;
	if (!d->proves)
		return;
	ward_salts_next(&d->salts, salt);
	ward_store_commitment(&row, salt, &commitment);
	ward_ledger_leaf(ward_slice_of(commitment.b, sizeof(commitment.b)), &leaf);
	ward_ledger_add(&d->tree, &leaf);
	if (d->tree.n % ROWS_OF_HEAD)
		return;
	d->head.tree.n = d->tree.n;
	ward_ledger_root(&d->tree, &d->head.tree.root);
	ward_head_sign(&d->head, d->secret);
}

/* What is in the journal, to the brain. */
static void flush(struct load *d)
{
	struct ward_record r;
	size_t i = 0;

	if (ward_journal_commit(d->journal) != WARD_OK)
		bench_die("commit");
	while (ward_journal_next_record(d->cursor, &r) == WARD_OK) {
		const struct record in = {.time = d->time[i], .seen = d->time[i], .event = r.data};

		lab_feed(d->l, d->brain, &in);
		i++;
	}
	d->n_waiting = 0;
}

/* From the sensor into the journal. */
static void pass(struct load *d, struct ward_event *e)
{
	static uint8_t bytes[128 << 10];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_record r = {.type = WARD_RECORD_EVENT, .source = 1};
	uint64_t seq;

	if (d->hides && ward_pseudonym_event(e, &d->way) != WARD_OK)
		bench_die("out of memory");
	ward_event_encode(e, &d->l->names, &w);
	r.data = ward_wr_slice(&w);
	if (ward_wr_bad(&w) || ward_journal_append(d->journal, &r, 1, &seq) != WARD_OK)
		bench_die("append");
	d->time[d->n_waiting++] = e->time;
	if (d->n_waiting == BATCH)
		flush(d);
}

static void pass_lines(struct load *d)
{
	struct ward_str rest = d->lines;
	struct ward_input_problem problem;
	struct ward_event e;

	for (uint64_t i = 0; rest.len; i++) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		ward_arena_reset(&d->sensed);
		if (!line.len ||
			ward_log_sensor_record(d->log, line, i, &d->sensed, &e, &problem)) {
			d->n_rejected++;
			continue;
		}
		/* the brain's clock goes by arrival */
		e.seen = e.time = 1767225600 * WARD_NS_PER_S + (ward_ns)i * WARD_NS_PER_MS;
		pass(d, &e);
	}
}

static void pass_records(struct load *d)
{
	struct ward_event e;

	for (size_t i = 0; i < d->n; i++) {
		ward_arena_reset(&d->sensed);
		if (ward_event_decode(d->record[i].event, &d->l->names, &d->sensed, &d->l->lim, &e))
			bench_die("a record can't be read");
		e.time = d->record[i].time;
		e.seen = d->record[i].seen;
		pass(d, &e);
	}
}

/* Another brain, and nothing on the ledger: not measured. */
static void afresh(void *ctx)
{
	struct load *d = ctx;
	struct ward_brain_config c = d->l->config;

	c.out = on_row;
	c.out_ctx = d;
	d->n_row = d->n_rejected = 0;
	ward_ledger_init(&d->tree);
	if (d->brain)
		ward_brain_free(d->brain);
	if (ward_brain_new(&c, &d->brain) != WARD_OK)
		bench_die("out of memory");
}

static void think(struct load *d, bool hides, bool proves)
{
	d->hides = hides;
	d->proves = proves;
	if (d->record)
		pass_records(d);
	else
		pass_lines(d);
	flush(d);
}

static void both(void *ctx)
{
	think(ctx, true, true);
}

static void pseudonyms(void *ctx)
{
	think(ctx, true, false);
}

static void ledger(void *ctx)
{
	think(ctx, false, true);
}

static void neither(void *ctx)
{
	think(ctx, false, false);
}

static const struct {
	const char *name;
	void (*work)(void *ctx);
} side[] = {
	{"both", both}, {"pseudonyms", pseudonyms}, {"the ledger", ledger}, {"neither", neither}};

static void measure(struct load *d, const char *what, size_t n)
{
	char name[80];

	for (size_t i = 0; i + 1 < WARD_ARRAY_LEN(side); i++) {
		(void)snprintf(name, sizeof(name), "privacy/%s, %s", what, side[i].name);
		bench_pair(&(struct bench){name, "event", n, BENCH_ROUNDS, BENCH_CPU},
			(struct bench_side){side[i].name, side[i].work, d, afresh},
			(struct bench_side){"neither", neither, d, afresh});
		if (!i)
			bench_note(name, "%zu events, %zu rows; bar: 1.10", n, d->n_row);
	}
}

static void measure_lines(struct load *d, const struct ward_input_opts *opts, const char *only)
{
	struct bench_path path;
	struct ward_str one;

	if (!bench_shared("logs/loghub/OpenSSH_2k.log.zst", &path)) {
		bench_skip("privacy/lines", "no shared data");
		return;
	}
	if (ward_log_sensor_new(opts, WARD_LOG_SYSLOG, &d->log) != WARD_OK)
		bench_die("out of memory");
	one = bench_read(path.s, LINES_BYTES);
	d->lines = one;
	afresh(d);
	for (size_t i = 0; only && i < WARD_ARRAY_LEN(side); i++)
		if (strcmp(only, side[i].name) == 0)
			side[i].work(d);
	if (!only)
		think(d, true, true);
	size_t n = 0;

	for (size_t i = 0; i < one.len; i++)
		n += one.p[i] == '\n';
	if (!only)
		measure(d, "lines of sshd", n - d->n_rejected);
	ward_log_sensor_free(d->log);
	bench_free(one);
}

/* With a word: "both", "pseudonyms", "the ledger" or "neither" once on lines, for who counts
 * instructions. */
static void open_journal(struct load *d, char *dir)
{
	struct ward_journal_options opt;

	if (!mkdtemp(dir) || ward_io_dir_open(&d->io, dir, false, true) != WARD_OK)
		bench_die("can't make a directory");
	ward_journal_options_default(&opt, &d->l->lim);
	if (ward_journal_open(&opt, &d->io.io, ward_clock_system(), ward_mem_heap(), &d->journal) !=
			WARD_OK ||
		ward_journal_cursor_open(d->journal, 0, &d->cursor) != WARD_OK)
		bench_die("can't open the journal");
}

static void close_journal(struct load *d, const char *dir)
{
	ward_journal_cursor_close(d->cursor);
	ward_journal_close(d->journal);
	ward_io_dir_close(&d->io);
	bench_remove(dir);
}

int main(int argc, char **argv)
{
	struct load *d = calloc(1, sizeof(*d));
	const uint8_t seed[crypto_sign_SEEDBYTES] = {1};
	struct bench_path content = bench_source("content/log-patterns");
	struct ward_log_patterns *patterns;
	char dir[] = "/tmp/b_privacy.XXXXXX";

	if (!d || sodium_init() < 0)
		bench_die("out of memory");
	(void)crypto_sign_seed_keypair(d->head.key, d->secret, seed);
	d->l = lab_new();
	open_journal(d, dir);
	ward_arena_init(&d->sensed, ward_mem_heap(), 16 << 20);
	ward_arena_init(&d->tokens, ward_mem_heap(), 16 << 20);
	ward_intern_init(&d->who, ward_mem_heap(), TOKENS, TOKENS * 256);
	d->way = (struct ward_pseudonym_way){.token = token, .ctx = d, .names = &d->l->names};
	if (ward_log_patterns_new(&d->l->names, &d->l->lim, ward_mem_heap(), &patterns) !=
			WARD_OK ||
		ward_log_patterns_load(patterns, content.s, &d->l->diag) != WARD_OK)
		bench_die("the patterns can't be loaded; 'ward check' says why");
	if (argc < 2) {
		d->record = lab_records(d->l, "cooling", &d->n);
		measure(d, "attack", d->n);
		free(d->record);
		d->record = NULL;
	}
	measure_lines(d,
		&(struct ward_input_opts){.mem = ward_mem_heap(),
			.lim = &d->l->lim,
			.names = &d->l->names,
			.counters = &d->l->counters,
			.patterns = patterns,
			.source = WARD_STR("bench"),
			.seen = 1767225600 * WARD_NS_PER_S},
		argc < 2 ? NULL : argv[1]);
	ward_log_patterns_free(patterns);
	ward_intern_fini(&d->who);
	ward_arena_fini(&d->tokens);
	ward_arena_fini(&d->sensed);
	ward_brain_free(d->brain);
	close_journal(d, dir);
	lab_free(d->l);
	free(d);
	return 0;
}
