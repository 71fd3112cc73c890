#include "cli/inorder.h"

#include "sense/log/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	RUN_BYTES = 64 << 20,
	RUNS_MAX = 1024,
	BUFFER = 1 << 16,
	RECORD_MAX = 1 << 26, /* bytes of one event */
};

static const ward_ns behind_max = 60 * WARD_NS_PER_S;

struct item {
	ward_ns turn;
	struct ward_cli_place place;
	size_t at, len; /* in the bytes of the run in memory */
};

/* A part of the temporary file, sorted. */
struct part {
	uint64_t at, end; /* what is not in buf yet */
	uint8_t *buf;     /* from `from` to `to` */
	size_t from, to, cap;
	struct item head; /* at is in buf; len 0: it is at its end */
};

struct ward_cli_sorted {
	const struct ward_mem *mem;
	struct ward_names *names;
	const struct ward_limits *lim;
	struct ward_wr bytes; /* the last part stays in memory */
	struct item *item;
	size_t n, cap, next;
	FILE *file;
	uint64_t n_byte;
	struct part *part;
	size_t n_part, cap_part;
};

ward_ns ward_cli_by_time(const struct ward_event *e)
{
	return e->time;
}

ward_ns ward_cli_by_arrival(const struct ward_event *e)
{
	return e->seen;
}

bool ward_cli_is_unordered(const char *path, const struct ward_input_driver *const *drivers,
	const struct ward_input_opts *opts, ward_cli_turn_fn turn)
{
	struct ward_input_opts quiet = *opts;
	struct ward_counters counters;
	struct ward_input in;
	struct ward_arena arena;
	struct ward_event e;
	struct stat st;
	ward_ns newest = INT64_MIN, off;
	bool ret = false;

	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	ward_counters_init(&counters);
	quiet.counters = &counters;
	quiet.problem = NULL;
	quiet.line = NULL;
	if (ward_input_open(&in, path, WARD_INPUT_UNKNOWN, drivers, &quiet) != WARD_OK)
		return false;
	ward_arena_init(&arena, opts->mem, RECORD_MAX);
	while (!ret && ward_input_next(&in, &arena, &e) == WARD_OK) {
		ward_ns t = turn(&e);

		ret = newest > t && (!ward_sub(newest, t, &off) || off > behind_max);
		newest = t > newest ? t : newest;
	}
	ward_arena_fini(&arena);
	ward_input_close(&in);
	return ret;
}

static int by_turn(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->turn != y->turn)
		return x->turn < y->turn ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* Sorts what is in memory and puts it behind the file's other parts: the item, then its bytes. */
static enum ward_err put_part(struct ward_cli_sorted *s)
{
	if (s->n_part == RUNS_MAX)
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_mem_more(
		s->mem, &s->part, s->n_part, &s->cap_part, sizeof(*s->part), RUNS_MAX);

	if (err)
		return err;
	if (!s->file && !(s->file = tmpfile()))
		return WARD_ERR_IO;
	s->part[s->n_part++] = (struct part){.at = s->n_byte};
	if (s->n)
		qsort(s->item, s->n, sizeof(*s->item), by_turn);
	for (size_t i = 0; i < s->n; i++) {
		const struct item *k = &s->item[i];

		if (fwrite(k, sizeof(*k), 1, s->file) != 1 ||
			fwrite(s->bytes.p + k->at, 1, k->len, s->file) != k->len)
			return WARD_ERR_IO;
		s->n_byte += sizeof(*k) + k->len;
	}
	s->part[s->n_part - 1].end = s->n_byte;
	s->n = 0;
	ward_wr_reset(&s->bytes);
	return WARD_OK;
}

static enum ward_err put(
	struct ward_cli_sorted *s, struct ward_event *e, ward_ns turn, struct ward_cli_place place)
{
	enum ward_err err = ward_event_settle(e);
	size_t at = s->bytes.len;

	if (!err)
		err = ward_mem_more(
			s->mem, &s->item, s->n, &s->cap, sizeof(*s->item), SIZE_MAX / 128);
	if (err)
		return err;
	ward_event_encode(e, s->names, &s->bytes);
	if (ward_wr_bad(&s->bytes))
		return WARD_ERR_NOMEM;
	s->item[s->n++] = (struct item){turn, place, at, s->bytes.len - at};
	return s->bytes.len + s->n * sizeof(*s->item) < RUN_BYTES ? WARD_OK : put_part(s);
}

/* len more bytes of the part stand in buf from `from` on. */
static enum ward_err fill(struct ward_cli_sorted *s, struct part *p, size_t len)
{
	size_t have = p->to - p->from;

	if (have >= len)
		return WARD_OK;
	if (len - have > p->end - p->at)
		return WARD_ERR_IO;
	if (p->from)
		memmove(p->buf, p->buf + p->from, have);
	p->from = 0;
	p->to = have;
	if (p->cap < len) {
		size_t cap = len > BUFFER ? len : BUFFER;
		uint8_t *grown = ward_mem_resize(s->mem, p->buf, p->cap, cap);

		if (!grown)
			return WARD_ERR_NOMEM;
		p->buf = grown;
		p->cap = cap;
	}
	uint64_t room = p->cap - p->to, left = p->end - p->at;
	size_t n = (size_t)(room < left ? room : left);

	if (pread(fileno(s->file), p->buf + p->to, n, (off_t)p->at) != (ssize_t)n)
		return WARD_ERR_IO;
	p->at += n;
	p->to += n;
	return WARD_OK;
}

/* The part's next event comes up. */
static enum ward_err turn_up(struct ward_cli_sorted *s, struct part *p)
{
	p->head.len = 0;
	if (p->from == p->to && p->at == p->end)
		return WARD_OK;
	struct item k;
	enum ward_err err = fill(s, p, sizeof(k));

	if (err)
		return err;
	memcpy(&k, p->buf + p->from, sizeof(k));
	p->from += sizeof(k);
	err = fill(s, p, k.len);
	k.at = p->from;
	p->from += err ? 0 : k.len;
	if (!err)
		p->head = k;
	return err;
}

struct ward_cli_sorted *ward_cli_sorted_new(const struct ward_input_opts *o)
{
	struct ward_cli_sorted *s = ward_mem_alloc(o->mem, sizeof(*s));

	if (s)
		*s = (struct ward_cli_sorted){.mem = o->mem,
			.names = o->names,
			.lim = o->lim,
			.bytes = ward_wr_grow(o->mem, RUN_BYTES + RECORD_MAX)};
	return s;
}

enum ward_err ward_cli_sorted_add(
	struct ward_cli_sorted *s, struct ward_input *in, ward_cli_turn_fn turn, size_t file)
{
	const uint64_t *line = in->opts.line;
	struct ward_arena arena;
	struct ward_event e;
	enum ward_err err;

	ward_arena_init(&arena, s->mem, RECORD_MAX);
	while ((err = ward_input_next(in, &arena, &e)) == WARD_OK) {
		err = put(s, &e, turn(&e), (struct ward_cli_place){file, line ? *line : 0});
		if (err)
			break;
	}
	ward_arena_fini(&arena);
	return err == WARD_ERR_CLOSED ? WARD_OK : err;
}

enum ward_err ward_cli_sorted_begin(struct ward_cli_sorted *s)
{
	enum ward_err err = s->file && fflush(s->file) != 0 ? WARD_ERR_IO : WARD_OK;

	if (s->n)
		qsort(s->item, s->n, sizeof(*s->item), by_turn);
	for (size_t i = 0; i < s->n_part && !err; i++)
		err = turn_up(s, &s->part[i]);
	return err;
}

enum ward_err ward_cli_sort_log(const struct ward_cmd *cmd, struct ward_input *in, const char *path,
	ward_cli_turn_fn turn, struct ward_cli_sorted **ret)
{
	static const struct ward_input_driver *const logs[] = {WARD_LOG_DRIVERS, NULL};

	if (!ward_cli_is_unordered(path, logs, &in->opts, turn))
		return WARD_OK;
	fprintf(stderr, "ward %s: '%s' is not in the order of time: its events are sorted\n",
		cmd->name, path);
	struct ward_cli_sorted *s = ward_cli_sorted_new(&in->opts);
	enum ward_err err = s ? ward_cli_sorted_add(s, in, turn, 0) : WARD_ERR_NOMEM;

	if (!err)
		err = ward_cli_sorted_begin(s);
	if (err)
		ward_cli_sorted_free(s);
	else
		*ret = s;
	return err;
}

enum ward_err ward_cli_sorted_next(struct ward_cli_sorted *s, struct ward_arena *arena,
	struct ward_event *ret, struct ward_cli_place *ret_place)
{
	struct part *first = NULL;
	const struct item *k = s->next < s->n ? &s->item[s->next] : NULL;

	/* Of one turn the earlier part goes first, what is in memory last. */
	for (size_t i = 0; i < s->n_part; i++) {
		struct part *p = &s->part[i];

		if (p->head.len && (!first || p->head.turn < first->head.turn) &&
			(!k || p->head.turn <= k->turn))
			first = p;
	}
	if (!first && !k)
		return WARD_ERR_CLOSED;
	const uint8_t *bytes = first ? first->buf + first->head.at : s->bytes.p + k->at;

	k = first ? &first->head : k;
	ward_arena_reset(arena);
	*ret_place = k->place;
	enum ward_err err =
		ward_event_decode(ward_slice_of(bytes, k->len), s->names, arena, s->lim, ret);

	if (err)
		return err;
	if (first)
		return turn_up(s, first);
	s->next++;
	return WARD_OK;
}

void ward_cli_sorted_free(struct ward_cli_sorted *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_part; i++)
		ward_mem_free(s->mem, s->part[i].buf, s->part[i].cap);
	ward_mem_free(s->mem, s->part, s->cap_part * sizeof(*s->part));
	ward_mem_free(s->mem, s->item, s->cap * sizeof(*s->item));
	ward_wr_fini(&s->bytes);
	if (s->file)
		(void)fclose(s->file);
	ward_mem_free(s->mem, s, sizeof(*s));
}
