#include "cli/detect_crew.h"

#include "base/wr.h"
#include "cli/patterns.h"
#include "sense/log/log.h"
#include "sense/log/wrap.h"

enum {
	BLOCK_BYTES = 1 << 18,
	BLOCKS = WARD_CREW_UNDER_WAY * WARD_CREW_MAX + 1,
	ARENA_MAX = 1 << 26
};

/* What one worker reads with. */
struct hand {
	struct ward_names names;
	struct ward_counters counters;
	struct ward_log_patterns *patterns;
	struct ward_input_opts opts;
	struct ward_log_sensor *log;
	size_t n_no_time, names_max, line_max;
};

struct block {
	struct ward_wr text;
	uint64_t line; /* of its first, from 1 */
};

struct file {
	const struct ward_cli_crew *args;
	struct ward_input in;
	struct ward_input_bytes *bytes;
	struct hand hand[WARD_CREW_MAX];
	size_t n_hand;
	struct block block[BLOCKS];
	size_t n_block;
	struct ward_crew_at at;
	uint64_t off, line;  /* of what comes next */
	struct ward_wr rest; /* of a line that is not whole yet */
	bool end;
};

/* A kind of input whose bytes are read here; what knows them is the hands' sensors. */
static enum ward_err open_bytes(
	const struct ward_input_opts *opts, struct ward_input_bytes *bytes, void **ret)
{
	(void)opts;
	*ret = bytes;
	return WARD_OK;
}

static enum ward_err next_none(void *state, struct ward_arena *arena, struct ward_event *ret)
{
	(void)state;
	(void)arena;
	(void)ret;
	return WARD_ERR_CLOSED;
}

static void close_bytes(void *state)
{
	(void)state;
}

static const struct ward_input_driver json = {WARD_INPUT_JSON, open_bytes, next_none, close_bytes};
static const struct ward_input_driver events = {
	WARD_INPUT_EVENTS, open_bytes, next_none, close_bytes};
static const struct ward_input_driver *const drivers[] = {&json, &events, NULL};

/* ---- reading: in a worker's thread ---- */

static bool is_of_door(const struct hand *h, const struct ward_event *e)
{
	struct ward_str class = ward_name_text(&h->names, e->class);

	return ward_str_starts(class, WARD_STR("door.")) || ward_str_eqz(class, "video.count");
}

/* A line that is an object, and an event by itself. */
static enum ward_err read_line(void *ctx, const struct ward_crew_block *block,
	struct ward_str *rest, struct ward_arena *arena, struct ward_event *ret)
{
	struct hand *h = ctx;
	struct ward_input_problem problem;
	struct ward_str line = ward_str_cut(rest, '\n');
	uint64_t no_time = h->counters.value[h->n_no_time];

	if (!ward_str_trim(line).len)
		return WARD_ERR_MORE;
	struct ward_wrap export;

	if (line.p[0] != '{' || line.len >= h->line_max ||
		ward_wrap_begin(line, true, &export) == WARD_WRAP_YES)
		return WARD_ERR_AGAIN;
	enum ward_err err = ward_log_sensor_record(h->log, line,
		block->off + (uint64_t)(line.p - block->text.p), arena, ret, &problem);

	if (err == WARD_ERR_NOMEM && !problem.counter)
		return err;
	/* Doors are followed over all lines. */
	if (!err && is_of_door(h, ret))
		return WARD_ERR_AGAIN;
	return err || problem.counter || h->counters.value[h->n_no_time] != no_time ||
			       h->names.n_overflow || h->names.t.n > h->names_max
		       ? WARD_ERR_AGAIN
		       : WARD_OK;
}

static enum ward_err hand_init(struct file *f, struct hand *h)
{
	const struct ward_cli_crew *a = f->args;
	const struct ward_limits *lim = a->opts->lim;

	h->opts = f->in.opts;
	h->opts.names = &h->names;
	h->opts.counters = &h->counters;
	h->opts.line = NULL;
	h->opts.problem = NULL;
	/* All together have no more names than one table has room for. */
	h->names_max = WARD_FIELD_N + ward_limit(lim, WARD_LIMIT_EVENT_NAMES) / a->n_thread;
	h->line_max = ward_limit(lim, WARD_LIMIT_EVENT_BYTES);
	ward_counters_init(&h->counters);
	h->n_no_time = ward_counter(&h->counters, "log.no_time");
	enum ward_err err = ward_names_init(&h->names, a->opts->mem, lim);

	f->n_hand += !err;
	if (!err && ward_cli_patterns(a->cmd, a->content, NULL, &h->names, lim, &h->patterns) !=
			    WARD_EXIT_DONE)
		err = WARD_ERR_STATE;
	h->opts.patterns = h->patterns;
	return err ? err
		   : ward_log_sensor_new(&h->opts,
			     f->in.kind == WARD_INPUT_EVENTS ? WARD_LOG_EVENTS : WARD_LOG_JSON,
			     &h->log);
}

/* ---- cutting into blocks ---- */

static size_t behind_last_line(struct ward_str s)
{
	size_t n = s.len;

	while (n > 0 && s.p[n - 1] != '\n')
		n--;
	return n;
}

/* Whole lines of the file, at least a block's bytes of them while it has as many; none at its end.
 */
static enum ward_err fill(struct file *f, struct block *b)
{
	size_t max = ward_limit(f->args->opts->lim, WARD_LIMIT_EVENT_BYTES), whole = 0;
	enum ward_err err = WARD_OK;
	static uint8_t chunk[1 << 16];

	ward_wr_reset(&b->text);
	ward_wr_bytes(&b->text, f->rest.p, f->rest.len);
	ward_wr_reset(&f->rest);
	while (!f->end && !err && (b->text.len < BLOCK_BYTES || !whole)) {
		size_t n = 0;

		if (b->text.len > BLOCK_BYTES + max)
			return WARD_ERR_AGAIN;
		err = ward_input_read(f->bytes, chunk, sizeof(chunk), &n);
		f->end = n == 0;
		ward_wr_bytes(&b->text, chunk, n);
		whole = behind_last_line(ward_wr_text(&b->text));
	}
	if (f->end)
		whole = b->text.len;
	if (whole < b->text.len)
		ward_wr_bytes(&f->rest, b->text.p + whole, b->text.len - whole);
	b->text.len = whole;
	b->line = f->line;
	return err                                              ? err
	       : ward_wr_bad(&b->text) || ward_wr_bad(&f->rest) ? WARD_ERR_NOMEM
								: WARD_OK;
}

static uint64_t count_lines(struct ward_str s)
{
	uint64_t n = 0;

	for (const char *p = s.p, *end = s.p + s.len;
		p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
		n++;
	return n;
}

/* ---- joining: in the caller's thread ---- */

static void say(void *ctx, const struct ward_detection *d)
{
	struct file *f = ctx;
	const struct ward_crew_block *b = f->at.block;

	*f->args->opts->line =
		b ? f->block[b->input].line + count_lines(ward_str_sub(b->text, 0, f->at.off)) : 0;
	f->args->sink(f->args->ctx, d);
}

static enum ward_err give_all(struct file *f, struct ward_crew *crew)
{
	enum ward_err err = WARD_OK;

	/* A block is joined before as many others were given. */
	for (size_t i = 0; !err && !*f->args->failed; i = (i + 1) % f->n_block) {
		struct block *b = &f->block[i];

		err = fill(f, b);
		if (err || !b->text.len)
			break;
		struct ward_crew_block given = {ward_wr_text(&b->text), f->off, (uint32_t)i};

		f->off += given.text.len;
		f->line += count_lines(given.text);
		err = ward_crew_give(crew, given);
	}
	if (*f->args->failed)
		return WARD_ERR_STATE;
	return err ? err : ward_crew_finish(crew);
}

static enum ward_err with_hands(struct file *f)
{
	const struct ward_cli_crew *a = f->args;
	struct ward_crew_worker worker[WARD_CREW_MAX];
	struct ward_crew *crew = NULL;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < a->n_thread && !err; i++) {
		err = hand_init(f, &f->hand[i]);
		worker[i] = (struct ward_crew_worker){&f->hand[i].names, read_line, &f->hand[i]};
	}
	const struct ward_crew_args args = {.rs = a->rs,
		.lim = a->opts->lim,
		.mem = a->opts->mem,
		.worker = worker,
		.n_worker = a->n_thread,
		.det = a->det,
		.names = a->opts->names,
		.at = &f->at,
		.sink = say,
		.ctx = f};

	if (!err)
		err = ward_crew_new(&args, &crew);
	if (!err)
		err = give_all(f, crew);
	ward_crew_free(crew);
	return err;
}

static void file_fini(struct file *f)
{
	for (size_t i = 0; i < f->n_hand; i++) {
		ward_log_sensor_free(f->hand[i].log);
		ward_log_patterns_free(f->hand[i].patterns);
		ward_names_fini(&f->hand[i].names);
	}
	for (size_t i = 0; i < f->n_block; i++)
		ward_wr_fini(&f->block[i].text);
	ward_wr_fini(&f->rest);
	ward_mem_free(f->args->opts->mem, f, sizeof(*f));
}

enum ward_err ward_cli_crew_run(const struct ward_cli_crew *args, const char **ret_why)
{
	const struct ward_mem *mem = args->opts->mem;
	struct file *f = strcmp(args->file, "-") == 0 ? NULL : ward_mem_alloc(mem, sizeof(*f));
	size_t max = 2 * ward_limit(args->opts->lim, WARD_LIMIT_EVENT_BYTES) + 2 * BLOCK_BYTES;

	*ret_why = "standard input can't be read twice";
	if (!f)
		return strcmp(args->file, "-") == 0 ? WARD_ERR_AGAIN : WARD_ERR_NOMEM;
	f->args = args;
	f->line = 1;
	f->rest = ward_wr_grow(mem, max);
	for (f->n_block = 0; f->n_block <= WARD_CREW_UNDER_WAY * args->n_thread; f->n_block++)
		f->block[f->n_block].text = ward_wr_grow(mem, max);
	enum ward_err err =
		ward_input_open(&f->in, args->file, WARD_INPUT_UNKNOWN, drivers, args->opts);

	if (!err) {
		f->bytes = f->in.state;
		*ret_why = "not each line is a JSON object with a time, or some tell of doors";
		err = with_hands(f);
		ward_input_close(&f->in);
	} else if (err == WARD_ERR_UNSUPPORTED) {
		*ret_why = "it is no JSON";
		err = WARD_ERR_AGAIN;
	}
	file_fini(f);
	return err;
}
