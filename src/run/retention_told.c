/* What was erased is told, and what is to be remembered of it kept in a file, whole or not at all:
 * lines of words, of which only this file knows. */
#include "run/retention_priv.h"

#define FILE_TMP WARD_RETENTION_FILE ".tmp"

#define SUM "sum "

enum { FILE_BYTES = 8 << 20 };

/* ---- what is due ---- */

static struct ward_retention_due *more(struct ward_retention *r)
{
	if (ward_mem_more(r->mem, (void *)&r->due, r->n_due, &r->cap_due, sizeof(*r->due),
		    WARD_RETENTION_DUE) != WARD_OK) {
		retention_count(r, "journal.erased_untold", 1);
		return NULL;
	}
	struct ward_retention_due *u = &r->due[r->n_due++];

	*u = (struct ward_retention_due){.d.remembered = r->version, .lane = WARD_LANE_N};
	return u;
}

static void rule_of(struct ward_retention_due *u, const struct ward_retention_source *s)
{
	struct ward_wr w = ward_wr_fixed(u->rule, sizeof(u->rule) - 1);

	bool hours = s->keep >= 3600 * WARD_NS_PER_S;

	ward_wr_printf(&w, "retention %llu %s%s",
		(unsigned long long)(s->keep / (hours ? 3600 * WARD_NS_PER_S : WARD_NS_PER_S)),
		hours ? "h" : "s", s->left ? ", as it was when the source left sources.yml" : "");
}

static void intend(struct ward_retention *r, const struct ward_retention_source *s,
	struct ward_deletion_tally *t, bool asked)
{
	struct ward_retention_due *u = t->n ? more(r) : NULL;

	if (!u)
		return;
	u->intent = true;
	u->lane = r->at.lane;
	u->d.what = WARD_STR("records");
	u->d.of = s->id;
	u->d.time = r->now;
	if (asked)
		ward_order_rule(r->order.request, u->rule);
	else
		rule_of(u, s);
	ward_deletion_of_tally(t, &u->d);
}

enum ward_err retention_intend(struct ward_retention *r)
{
	r->counted = true;
	for (size_t i = 0; i < r->n_source; i++) {
		intend(r, &r->source[i], &r->source[i].tally, false);
		intend(r, &r->source[i], &r->source[i].asked, true);
	}
	return ward_retention_remember(r);
}

void retention_done(struct ward_retention *r, bool is)
{
	size_t keep = 0;

	for (size_t i = 0; i < r->n_due; i++) {
		if (r->due[i].intent && !is)
			continue;
		r->due[keep] = r->due[i];
		r->due[keep++].intent = false;
	}
	r->n_due = keep;
}

void ward_retention_dropped(void *ctx, const struct ward_journal_dropped *d)
{
	struct ward_retention *r = ctx;
	struct ward_deletion_tally t = {.n = 0};
	bool held = (d->lane == WARD_LANE_EVIDENCE || d->lane == WARD_LANE_TELEMETRY) &&
		    ward_holds_span(&r->holds, d->from, d->to);
	struct ward_retention_due *u = more(r);

	if (held) {
		retention_count(r, "journal.held_dropped", 1);
		if (r->log)
			WARD_LOG(r->log, ERROR, "journal.held_dropped",
				WARD_KV_Z("lane", ward_lane_name(d->lane)),
				WARD_KV_U("segment", d->index),
				WARD_KV_Z("mend", "the journal is full, and what is held went for "
						  "want of room: raise journal.bytes"));
	}
	if (!u)
		return;
	ward_deletion_count(&t, d->first, d->from, d->bytes);
	t.last = d->last;
	t.to = d->to > d->from ? d->to : d->from;
	u->lane = d->lane;
	u->d.what = WARD_STR("segment");
	u->d.of = ward_str_z(ward_lane_name(d->lane));
	u->d.time = ward_clock_now(r->clock);
	struct ward_wr w = ward_wr_fixed(u->rule, sizeof(u->rule) - 1);

	ward_wr_z(&w, held ? "journal.bytes, although it was held" : "journal.bytes");
	ward_deletion_of_tally(&t, &u->d);
	/* best effort: this is called in the midst of a write of the journal */
	if (ward_retention_remember(r))
		retention_count(r, "journal.erased_unremembered", 1);
}

/* Killed in between: is the first of what was to go there no more? Where that can't be read, it is
 * not known to be gone. */
static bool is_gone(const struct ward_retention *r, const struct ward_deletion *d)
{
	struct ward_journal_cursor *c;
	struct ward_record rec;

	if (ward_journal_cursor_open(r->j, d->first, &c) != WARD_OK)
		return false;
	enum ward_err err = ward_journal_next_record(c, &rec);
	bool gone = err == WARD_ERR_AGAIN ||
		    (!err && (rec.seq != d->first || rec.type == WARD_RECORD_ERASED));

	ward_journal_cursor_close(c);
	return gone;
}

/* It was not done: it is done anew and told under the id that it has then; this is a row of its
 * own. */
static void interrupted(struct ward_retention_due *u)
{
	char rule[WARD_RETENTION_RULE];
	struct ward_wr w = ward_wr_fixed(u->rule, sizeof(u->rule) - 1);
	struct ward_idgen g;

	ward_idgen_init(&g, "ward deletion intended");
	ward_idgen_id(&g, u->d.id);
	u->d.id = ward_idgen_final(&g);
	memcpy(rule, u->rule, sizeof(rule));
	ward_wr_z(&w, "intended, then killed: ");
	ward_wr_str(&w, ward_str_sub(ward_str_z(rule), 0, sizeof(rule) - 1 - w.len));
	u->rule[w.len] = 0;
}

/* It was not erased by its length: its segment went for want of room, before or since. */
static bool went_whole(const struct ward_retention *r, const struct ward_retention_due *u)
{
	for (size_t i = 0; i < r->n_due; i++) {
		const struct ward_deletion *d = &r->due[i].d;

		if (ward_str_eqz(d->what, "segment") && r->due[i].lane == u->lane &&
			d->first <= u->d.first && u->d.first <= d->last)
			return true;
	}
	return false;
}

static void resolve(struct ward_retention *r)
{
	for (size_t i = 0; i < r->n_due; i++) {
		struct ward_retention_due *u = &r->due[i];

		if (u->killed && (went_whole(r, u) || !is_gone(r, &u->d)))
			interrupted(u);
		u->killed = false;
	}
}

enum ward_err retention_tell(struct ward_retention *r)
{
	size_t n = 0;

	resolve(r);
	for (; n < r->n_due; n++) {
		r->due[n].d.rule = ward_str_z(r->due[n].rule);
		if (r->tell && !r->tell(r->tell_ctx, &r->due[n].d))
			break;
	}
	if (!n)
		return WARD_OK;
	memmove(r->due, r->due + n, (r->n_due - n) * sizeof(r->due[0]));
	r->n_due -= n;
	return ward_retention_remember(r);
}

enum ward_err ward_retention_hold(struct ward_retention *r, const struct ward_hold *h)
{
	ward_holds_add(&r->holds, h);
	if (r->erase) { /* what it took out already may be held now: it begins anew, and tells anew
			 */
		ward_journal_erase_end(r->erase);
		r->erase = NULL;
		retention_done(r, false);
	}
	return ward_retention_remember(r);
}

enum ward_err ward_retention_release(struct ward_retention *r, struct ward_id id)
{
	bool lasts = ward_holds_release(&r->holds, id), ended = ward_holds_release(&r->ended, id);

	return lasts || ended ? ward_retention_remember(r) : WARD_OK;
}

void ward_retention_show(const struct ward_retention *r, struct ward_json *j)
{
	ward_json_arr(j);
	ward_holds_write(&r->holds, j);
	ward_holds_write(&r->ended, j);
	ward_json_arr_end(j);
}

/* ---- the file ---- */

static void put_i64(struct ward_wr *w, int64_t v)
{
	ward_wr_printf(w, " %lld", (long long)v);
}

static void put_due(struct ward_wr *w, const struct ward_retention_due *u)
{
	const struct ward_deletion *d = &u->d;

	ward_wr_z(w, u->intent || u->killed ? "intends " : "erased ");
	ward_id_write(w, d->id);
	put_i64(w, d->time);
	put_i64(w, (int64_t)d->n);
	put_i64(w, (int64_t)d->bytes);
	put_i64(w, d->from);
	put_i64(w, d->to);
	put_i64(w, (int64_t)d->first);
	put_i64(w, (int64_t)d->last);
	put_i64(w, (int64_t)d->remembered);
	put_i64(w, u->lane);
	ward_wr_printf(w, " %.*s %.*s %s\n", WARD_STR_ARG(d->what), WARD_STR_ARG(d->of), u->rule);
}

/* Another list than that by which a segment was looked through: it is looked through again. */
static struct ward_id list_of(const struct ward_retention *r)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward retention");
	for (size_t i = 0; i < r->n_source; i++) {
		if (r->source[i].left && !r->source[i].keep)
			continue; /* by an order alone */
		ward_idgen_str(&g, r->source[i].id);
		ward_idgen_u64(&g, (uint64_t)r->source[i].keep);
	}
	return ward_idgen_final(&g);
}

static void write_holds(const struct ward_holds *s, struct ward_wr *w)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct ward_hold *h = &s->h[i];

		ward_wr_z(w, "hold ");
		ward_id_write(w, h->id);
		ward_wr_printf(w, " %u", (unsigned)h->scope);
		put_i64(w, h->from);
		put_i64(w, h->to);
		put_i64(w, h->until);
		ward_wr_printf(w, " %s\n", h->subject);
	}
}

static void write_all(const struct ward_retention *r, struct ward_wr *w)
{
	ward_wr_printf(w, "version %llu\n", (unsigned long long)r->version + 1);
	for (size_t i = 0; i < r->n_source; i++)
		if (r->source[i].keep) {
			ward_wr_printf(w, "source %.*s", WARD_STR_ARG(r->source[i].id));
			put_i64(w, r->source[i].keep);
			ward_wr_ch(w, '\n');
		}
	ward_wr_z(w, "list ");
	ward_id_write(w, list_of(r));
	ward_wr_ch(w, '\n');
	for (size_t i = 0; i < r->n_done; i++)
		if (!r->done[i].held && r->done[i].n_keep)
			ward_wr_printf(w, "looked %u %llu %lld\n", (unsigned)r->done[i].lane,
				(unsigned long long)r->done[i].index,
				(long long)r->keep[r->done[i].n_keep - 1]);
	write_holds(&r->holds, w);
	write_holds(&r->ended, w);
	for (size_t i = 0; i < r->n_due; i++)
		put_due(w, &r->due[i]);
}

/* Whoever changes it by a byte, or cuts it off, is found: it says which holds there are. */
static void write_sum(struct ward_wr *w)
{
	uint8_t sum[32];

	ward_sha256(ward_wr_slice(w), sum);
	ward_wr_z(w, SUM);
	ward_wr_hex(w, (struct ward_slice){sum, sizeof(sum)});
	ward_wr_ch(w, '\n');
}

bool ward_retention_whole(struct ward_str file)
{
	const size_t line = sizeof(SUM) - 1 + 64 + 1;
	uint8_t is[32], due[32];

	if (!file.len)
		return true;
	if (file.len < line || file.p[file.len - 1] != '\n')
		return false;
	struct ward_str before = ward_str_sub(file, 0, file.len - line),
			sum = ward_str_sub(file, before.len, line - 1);

	ward_sha256(ward_str_bytes(before), is);
	return ward_str_starts(sum, WARD_STR(SUM)) &&
	       ward_str_unhex(ward_str_sub(sum, sizeof(SUM) - 1, 64), due, sizeof(due)) &&
	       memcmp(is, due, sizeof(is)) == 0;
}

enum ward_err ward_retention_remember(struct ward_retention *r)
{
	const struct ward_io *io = r->io;
	struct ward_wr w = ward_wr_grow(r->mem, FILE_BYTES);
	enum ward_err err = WARD_OK;
	int fd;

	if (!io)
		return WARD_OK;
	write_all(r, &w);
	write_sum(&w);
	if (ward_wr_bad(&w))
		err = WARD_ERR_NOMEM;
	if (!err)
		err = io->open(io->ctx, FILE_TMP, WARD_IO_CREATE, &fd);
	if (!err) {
		err = io->pwrite(io->ctx, fd, w.p, w.len, 0);
		if (!err)
			err = io->fdatasync(io->ctx, fd);
		io->close(io->ctx, fd);
		if (!err)
			err = io->rename(io->ctx, FILE_TMP, WARD_RETENTION_FILE);
		if (!err)
			err = io->sync_dir(io->ctx);
	}
	ward_wr_fini(&w);
	r->version += !err;
	return err;
}

/* ---- and back ---- */

static bool i64(struct ward_str s, int64_t *ret)
{
	return ward_number_kind(s, ret) == WARD_VALUE_INT;
}

static bool u64(struct ward_str s, uint64_t *ret)
{
	return ward_str_u64(s, ret) && *ret <= INT64_MAX;
}

static struct ward_str text_of(struct ward_retention *r, struct ward_str s)
{
	return ward_arena_str(&r->kept, s);
}

/* One that sources.yml has not any more is kept as it was. */
static enum ward_err take_source(struct ward_retention *r, struct ward_str line, bool *ok)
{
	struct ward_str id = ward_str_cut(&line, ' ');
	struct ward_retention_source s = {.left = true};

	*ok = id.len && i64(line, &s.keep) && s.keep > 0;
	if (!*ok || retention_find(r, id))
		return WARD_OK;
	s.id = text_of(r, id);
	return s.id.p ? retention_source(r, &s) : WARD_ERR_NOMEM;
}

static enum ward_err take_looked(struct ward_retention *r, struct ward_str line, bool *ok)
{
	struct ward_str lane = ward_str_cut(&line, ' '), index = ward_str_cut(&line, ' ');
	struct ward_retention_done d = {.lane = WARD_LANE_N};
	uint64_t l;
	ward_ns over;

	*ok = u64(lane, &l) && l < WARD_LANE_N && u64(index, &d.index) && i64(line, &over);
	if (!*ok)
		return WARD_OK;
	d.lane = (enum ward_lane)l;
	while (d.n_keep < r->n_keep && r->keep[d.n_keep] <= over)
		d.n_keep++;
	enum ward_err err = ward_mem_more(
		r->mem, (void *)&r->done, r->n_done, &r->cap_done, sizeof(*r->done), UINT32_MAX);

	if (!err)
		r->done[r->n_done++] = d;
	return err;
}

static void take_hold(struct ward_holds *holds, struct ward_str line, bool *ok)
{
	struct ward_str id = ward_str_cut(&line, ' '), scope = ward_str_cut(&line, ' '),
			from = ward_str_cut(&line, ' '), to = ward_str_cut(&line, ' '),
			until = ward_str_cut(&line, ' ');
	struct ward_hold h = {.from = 0};
	uint64_t s;

	*ok = ward_id_parse(id, &h.id) && u64(scope, &s) && s < WARD_HOLD_SCOPE_N &&
	      i64(from, &h.from) && i64(to, &h.to) && i64(until, &h.until) &&
	      line.len <= WARD_HOLD_SUBJECT;
	if (!*ok)
		return;
	h.scope = (enum ward_hold_scope)s;
	if (line.len)
		memcpy(h.subject, line.p, line.len);
	ward_holds_add(holds, &h);
}

static enum ward_err take_due(
	struct ward_retention *r, struct ward_str line, bool intends, bool *ok)
{
	struct ward_str id = ward_str_cut(&line, ' '), number[7];
	int64_t v[WARD_ARRAY_LEN(number)];
	struct ward_retention_due u = {.intent = false};
	uint64_t lane = WARD_LANE_N;

	*ok = ward_id_parse(id, &u.d.id);
	for (size_t i = 0; i < WARD_ARRAY_LEN(number); i++) {
		number[i] = ward_str_cut(&line, ' ');
		*ok = *ok && i64(number[i], &v[i]) && (v[i] >= 0 || i == 3 || i == 4);
	}
	struct ward_str what = ward_str_cut(&line, ' ');

	if (u64(what, &u.d.remembered)) { /* a Ward of before says neither */
		*ok = *ok && u64(ward_str_cut(&line, ' '), &lane) && lane <= WARD_LANE_N;
		what = ward_str_cut(&line, ' ');
	}
	struct ward_str of = ward_str_cut(&line, ' ');

	*ok = *ok && what.len && of.len && line.len && line.len < sizeof(u.rule);
	struct ward_retention_due *to = *ok ? more(r) : NULL;

	if (!to)
		return WARD_OK;
	u.lane = (enum ward_lane)lane;
	u.d.time = v[0];
	u.d.n = (uint64_t)v[1];
	u.d.bytes = (uint64_t)v[2];
	u.d.from = v[3];
	u.d.to = v[4];
	u.d.first = (uint64_t)v[5];
	u.d.last = (uint64_t)v[6];
	u.d.what = text_of(r, what);
	u.d.of = text_of(r, of);
	memcpy(u.rule, line.p, line.len);
	u.killed = intends;
	*to = u;
	return u.d.what.p && u.d.of.p ? WARD_OK : WARD_ERR_NOMEM;
}

/* Is what was looked through still so? */
static bool same_list(const struct ward_retention *r, struct ward_str all)
{
	struct ward_id is;

	while (all.p && all.len) {
		struct ward_str line = ward_str_cut(&all, '\n');

		if (ward_str_eqz(ward_str_cut(&line, ' '), "list"))
			return ward_id_parse(line, &is) && ward_id_eq(is, list_of(r));
	}
	return false;
}

/* As we write them: what a text can't hold is in none. */
static bool is_text(struct ward_str line)
{
	for (size_t i = 0; i < line.len; i++)
		if ((uint8_t)line.p[i] < 0x20)
			return false;
	return true;
}

static enum ward_err take(struct ward_retention *r, struct ward_str all, const char *only)
{
	enum ward_err err = WARD_OK;

	while (!err && all.p && all.len) {
		struct ward_str line = ward_str_cut(&all, '\n'), word = ward_str_cut(&line, ' ');
		bool ok = true;

		if (!ward_str_eqz(word, only))
			continue;
		if (!is_text(line))
			ok = false;
		else if (ward_str_eqz(word, "source"))
			err = take_source(r, line, &ok);
		else if (ward_str_eqz(word, "looked"))
			err = take_looked(r, line, &ok);
		else if (ward_str_eqz(word, "hold"))
			take_hold(&r->holds, line, &ok);
		else if (ward_str_eqz(word, "version"))
			ok = u64(line, &r->version);
		else
			err = take_due(r, line, ward_str_eqz(word, "intends"), &ok);
		if (!ok)
			retention_count(r, "journal.retention_unreadable", 1);
	}
	return err;
}

uint64_t ward_retention_read(struct ward_str file, struct ward_holds *holds)
{
	uint64_t version = 0;

	while (file.p && file.len) {
		struct ward_str line = ward_str_cut(&file, '\n'), word = ward_str_cut(&line, ' ');
		bool ok;

		if (ward_str_eqz(word, "version"))
			(void)u64(line, &version);
		else if (ward_str_eqz(word, "hold") && is_text(line))
			take_hold(holds, line, &ok);
	}
	return version;
}

static enum ward_err read_all(
	const struct ward_io *io, uint8_t **ret, size_t *ret_cap, size_t *ret_len)
{
	uint64_t size = 0;
	int fd;
	enum ward_err err = io->open(io->ctx, WARD_RETENTION_FILE, WARD_IO_READ, &fd);

	*ret_len = *ret_cap = 0;
	*ret = NULL;
	if (err)
		return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
	err = io->size(io->ctx, fd, &size);
	if (!err && size > FILE_BYTES)
		size = FILE_BYTES;
	if (!err && size) {
		*ret_cap = (size_t)size;
		*ret = ward_mem_alloc(ward_mem_heap(), *ret_cap);
		err = *ret ? io->pread(io->ctx, fd, *ret, (size_t)size, 0, ret_len)
			   : WARD_ERR_NOMEM;
	}
	io->close(io->ctx, fd);
	return err;
}

enum ward_err ward_retention_recall(struct ward_retention *r)
{
	/* sources first: what was looked through is by their lengths */
	static const char *const order[] = {
		"version", "source", "hold", "erased", "intends", "looked"};
	uint8_t *bytes;
	size_t cap, len;

	if (!r->io)
		return WARD_OK;
	enum ward_err err = read_all(r->io, &bytes, &cap, &len);

	const struct ward_str all = {(const char *)bytes, len};

	if (!err && !ward_retention_whole(all)) {
		retention_count(r, "journal.retention_changed", 1);
		if (r->log)
			WARD_LOG(r->log, ERROR, "journal.retention_changed",
				WARD_KV_Z("mend",
					"journal/retention is not what Ward wrote: look "
					"with `ward retention plan` whether all holds are "
					"there, and who was at the machine"));
	}
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(order); i++)
		if (!ward_str_eqz(WARD_STR("looked"), order[i]) || same_list(r, all))
			err = take(r, all, order[i]);
	ward_mem_free(ward_mem_heap(), bytes, cap);
	return err ? err : ward_retention_remember(r);
}
