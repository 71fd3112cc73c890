#include "run/proc/clips.h"

#include "base/fd.h"
#include "base/json.h"
#include "conf/conf.h"
#include "run/board.h"
#include "run/held.h"
#include "run/ordering.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, READ_BYTES = 4096, READS_MAX = 64 };

/* A clock that was set must not keep a clip for ever. */
static const ward_ns look_again = 60 * WARD_NS_PER_S;

struct ward_id clips_row_id(struct ward_id clip, const char *act)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward clip row");
	ward_idgen_id(&g, clip);
	ward_idgen_str(&g, ward_str_z(act));
	return ward_idgen_final(&g);
}

static void path_of(const struct clips *c, struct ward_id id, const char *end, char ret[PATH_BYTES])
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	WARD_ASSERT(snprintf(ret, PATH_BYTES, "%s/%s%s", c->dir, text, end) < PATH_BYTES);
}

bool clips_has(struct clips *c, struct ward_id clip)
{
	char path[PATH_BYTES];
	struct stat st;

	path_of(c, clip, ".clip", path);
	return stat(path, &st) == 0;
}

static void put_text(struct ward_json *j, const char *key, struct ward_str text)
{
	if (!text.len)
		return;
	ward_json_key(j, key);
	ward_json_str_cut(j, text, CLIPS_TEXT);
}

/* As long as a decision's may be it is put whole. */
static void put_why(struct ward_json *j, struct ward_str why)
{
	if (why.len > CLIPS_WHY || !why.len) {
		put_text(j, "why", why);
		return;
	}
	ward_json_key(j, "why");
	ward_json_str(j, why);
}

static void put_time(struct ward_json *j, const char *key, ward_ns t)
{
	if (!t)
		return;
	ward_json_key(j, key);
	ward_json_time(j, t);
}

static void put_sum(struct ward_json *j, const char *key, const uint8_t sum[WARD_EVIDENCE_SUM])
{
	char hex[2 * WARD_EVIDENCE_SUM];
	struct ward_wr h = ward_wr_fixed(hex, sizeof(hex));

	ward_wr_hex(&h, ward_slice_of(sum, WARD_EVIDENCE_SUM));
	ward_json_key(j, key);
	ward_json_str(j, ward_wr_text(&h));
}

static void put_json(const struct clips_told *t, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	bool file = clips_is_file(t->camera), photo = !t->camera.len;

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, file ? "file" : photo ? "photo" : "clip");
	ward_json_key(&j, "act");
	ward_json_z(&j, t->act);
	ward_json_put_id(&j, "id", t->clip);
	ward_json_put_id(&j, file ? "event" : photo ? "report" : "incident", t->incident);
	if (!file)
		put_text(&j, "camera", t->camera);
	put_time(&j, "from", t->from);
	put_time(&j, "to", t->to);
	put_time(&j, "expires", t->expires);
	if (t->bytes) {
		ward_json_key(&j, "bytes");
		ward_json_u64(&j, t->bytes);
	}
	if (t->has_sum) {
		put_sum(&j, "sha256", t->sha256);
		put_sum(&j, "key_sha256", t->key_sha256);
	}
	put_why(&j, t->why);
	put_text(&j, "who", t->who);
	put_text(&j, "role", t->role);
	ward_json_obj_end(&j);
}

bool clips_tell(struct clips *c, const struct clips_told *t)
{
	/* each byte may become an escape of six */
	static uint8_t text[6 * (3 * CLIPS_TEXT + CLIPS_WHY) + 1024], body[sizeof(text) + 256];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text)), b = ward_wr_fixed(body, sizeof(body));
	enum ward_err err = WARD_ERR_AGAIN, verdict = WARD_OK;

	put_json(t, &w);
	struct ward_store_row row = {.kind = WARD_ROW_CLIP,
		.id = t->row,
		.revision = 1,
		.time = t->time,
		.json = ward_wr_text(&w)};
	struct ward_commit commit = {.flags = WARD_COMMIT_FIRST | WARD_COMMIT_LAST, .n = 1};

	ward_commit_put(&b, &commit);
	ward_commit_put_row(&b, &row);
	WARD_ASSERT(!ward_wr_bad(&w) && !ward_wr_bad(&b));
	while (err == WARD_ERR_AGAIN && !ward_process_stopping()) {
		struct ward_msg m;

		err = ward_ask(
			&c->store, WARD_MSG_COMMIT, ward_wr_slice(&b), WARD_MSG_COMMITTED, &m);
		if (!err)
			err = ward_committed_get(&m.body, &verdict);
	}
	if (err == WARD_ERR_AGAIN)
		return false;
	if (err)
		ward_process_die(&c->p, "no answer from store", err);
	if (verdict)
		ward_process_die(&c->p, "the store refuses a row", verdict);
	WARD_LOG(&c->p.log, INFO, "clips.told", WARD_KV_Z("act", t->act),
		WARD_KV_S("camera", t->camera),
		WARD_KV_S("why",
			t->who.len ? WARD_STR("") : t->why)); /* a person's reason is theirs */
	return true;
}

/* Beside its name, and durable. */
static bool write_new(const char *temporary, struct ward_slice bytes)
{
	bool ok;
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	ok = fd >= 0 && ward_fd_write(fd, bytes) && fsync(fd) == 0;
	if (fd >= 0)
		(void)close(fd);
	return ok;
}

static bool sync_folder(const struct clips *c);

/* Both are written whole before either takes its name, so that what was there stays if they can't
 * be. */
static bool write_pair(
	const struct clips *c, struct ward_id id, struct ward_slice sealed, struct ward_slice file)
{
	char key[PATH_BYTES], path[PATH_BYTES], new_key[PATH_BYTES], new_path[PATH_BYTES];
	char sum[PATH_BYTES], new_sum[PATH_BYTES];
	uint8_t hash[WARD_EVIDENCE_SUM];

	/* of what is written now: what it is later can be held against it */
	ward_sha256(file, hash);
	path_of(c, id, ".sum", sum);
	path_of(c, id, ".sum.new", new_sum);
	path_of(c, id, ".key", key);
	path_of(c, id, ".clip", path);
	path_of(c, id, ".key.new", new_key);
	path_of(c, id, ".clip.new", new_path);
	bool ok = write_new(new_key, sealed) && write_new(new_path, file) &&
		  write_new(new_sum, ward_slice_of(hash, sizeof(hash))) &&
		  rename(new_sum, sum) == 0 && rename(new_key, key) == 0 &&
		  rename(new_path, path) == 0 && sync_folder(c);
	int why = errno;

	if (!ok) {
		(void)unlink(new_sum);
		(void)unlink(new_key);
		(void)unlink(new_path);
	}
	errno = why;
	return ok;
}

static bool sync_folder(const struct clips *c)
{
	int fd = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return ok;
}

/* The same photo, or file, may be kept of several reports or events, one after the other. */
static struct ward_id row_of(const struct ward_evidence *e, const char *act)
{
	struct ward_idgen g;

	if (e->camera.len && !clips_is_file(e->camera))
		return clips_row_id(e->id, act);
	ward_idgen_init(&g, "ward photo row");
	ward_idgen_id(&g, e->id);
	ward_idgen_id(&g, e->incident);
	ward_idgen_str(&g, ward_str_z(act));
	return ward_idgen_final(&g);
}

static struct clips_told told_of(const struct ward_evidence *e, const char *act)
{
	return (struct clips_told){.act = act,
		.row = row_of(e, act),
		.clip = e->id,
		.incident = e->incident,
		.camera = e->camera,
		.time = e->made,
		.from = e->from,
		.to = e->to,
		.expires = e->expires};
}

enum ward_err clips_write(struct clips *c, struct ward_evidence *e, struct ward_slice bytes)
{
	bool is_file = clips_is_file(e->camera);
	size_t most = (size_t)ward_limit(
		&c->lim, is_file ? WARD_LIMIT_FILE_KEPT_BYTES : WARD_LIMIT_VIDEO_CLIP);
	struct ward_wr file = ward_wr_grow(ward_mem_heap(), most * 2);
	uint8_t sealed[WARD_EVIDENCE_SEALED];

	e->expires = e->made + (is_file ? c->keep_files : c->keep);
	c->expiry = e->expires < c->expiry ? e->expires : c->expiry;
	enum ward_err err = ward_evidence_write(e, c->key, bytes, &file, sealed);

	if (!err &&
		!write_pair(c, e->id, ward_slice_of(sealed, sizeof(sealed)), ward_wr_slice(&file)))
		err = errno == ENOSPC ? WARD_ERR_FULL : WARD_ERR_IO;
	struct clips_told t = told_of(e, err ? "none" : "written");

	t.bytes = err ? 0 : sizeof(sealed) + file.len;
	t.has_sum = !err;
	if (!err)
		ward_sha256(ward_wr_slice(&file), t.sha256);
	ward_sha256(ward_slice_of(sealed, sizeof(sealed)), t.key_sha256);
	if (err) {
		t.expires = 0;
		t.why = ward_str_z(ward_err_text(err));
	}
	ward_wr_fini(&file);
	ward_count_name(&c->p.counters, err ? "clips.none" : "clips.written", 1);
	(void)clips_tell(c, &t); /* else the next life does */
	return err;
}

void clips_keep(struct clips *c, const struct clips_pending *p)
{
	struct ward_evidence e = {.id = p->ask.id,
		.incident = p->incident,
		.camera = c->camera[p->camera],
		.from = p->head.from,
		.to = p->head.to,
		.made = ward_clock_now(c->p.clock)};

	(void)clips_write(c, &e, ward_wr_slice(&p->clip)); /* the ledger has why, if not */
}

/* The first bytes of a file, or all of them. */
static bool read_some(const char *path, uint8_t *buf, size_t cap, size_t *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n = fd >= 0 ? read(fd, buf, cap) : -1;

	if (fd >= 0)
		(void)close(fd);
	*ret_len = n > 0 ? (size_t)n : 0;
	return n > 0;
}

bool clips_find(struct clips *c, struct ward_id clip, struct clips_kept *ret)
{
	char path[PATH_BYTES], key[PATH_BYTES];
	struct stat st, of_key;
	size_t len;

	path_of(c, clip, ".clip", path);
	path_of(c, clip, ".key", key);
	if (!read_some(path, ret->head, sizeof(ret->head), &len) ||
		ward_evidence_read(ward_slice_of(ret->head, len), &ret->is) != WARD_OK ||
		!ward_id_eq(ret->is.id, clip) || stat(path, &st) != 0 || stat(key, &of_key) != 0 ||
		of_key.st_size != WARD_EVIDENCE_SEALED || st.st_size <= 0)
		return false;
	ret->bytes = WARD_EVIDENCE_SEALED + (uint64_t)st.st_size;
	return true;
}

bool clips_has_of(struct clips *c, struct ward_id clip, struct ward_id of)
{
	struct clips_kept kept;

	return clips_find(c, clip, &kept) && ward_id_eq(kept.is.incident, of);
}

size_t clips_pread(struct clips *c, struct ward_id clip, const char *end, uint64_t off, uint8_t *to,
	size_t max)
{
	char path[PATH_BYTES];
	size_t n = 0;
	ssize_t got = 1;

	path_of(c, clip, end, path);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	while (fd >= 0 && n < max && got > 0) {
		got = pread(fd, to + n, max - n, (off_t)(off + n));
		n += got > 0 ? (size_t)got : 0;
	}
	if (fd >= 0)
		(void)close(fd);
	return n;
}

/* Without its key a clip is noise. That it is gone already is no fault: that was begun before. */
static bool erase_key(const struct clips *c, const struct ward_evidence *e)
{
	static const uint8_t nothing[WARD_EVIDENCE_SEALED];
	char key[PATH_BYTES];
	bool over = true;
	int fd;

	path_of(c, e->id, ".key", key);
	fd = open(key, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0) {
		over = ward_fd_write(fd, ward_slice_of(nothing, sizeof(nothing))) && fsync(fd) == 0;
		(void)close(fd);
	}
	return over && (unlink(key) == 0 || errno == ENOENT) && sync_folder(c);
}

/* What the journal's process holds, as it was last said. */
static void hear_holds(struct clips *c)
{
	size_t bad;

	if (ward_held_read(c->holds, &c->lim, &c->holds_read, &c->held, &bad) != WARD_OK)
		return;
	c->holds_known = true;
	if (bad)
		ward_count_name(&c->p.counters, "clips.hold_unreadable", bad);
}

static void expire(struct clips *c, const struct ward_evidence *e)
{
	const struct ward_order_item item = {.of = WARD_ORDER_CLIP, .id = e->id};
	struct clips_told t = told_of(e, "erased");
	char path[PATH_BYTES], rule[WARD_ORDER_RULE];
	ward_ns now = ward_clock_now(c->p.clock);
	bool asked = now < e->expires && ward_order_has(&c->order, &item);

	if (now < e->expires && !asked) {
		c->expiry = e->expires < c->expiry ? e->expires : c->expiry;
		c->photos.n += !e->camera.len;
		c->files.n += clips_is_file(e->camera);
		return;
	}
	if (ward_holds_clip(&c->held, e->incident, e->camera, e->from, e->to)) {
		ward_count_name(&c->p.counters, "clips.held", 1);
		return;
	}
	t.time = asked ? now : e->expires;
	ward_order_rule(c->order.request, rule);
	if (asked)
		t.why = ward_str_z(rule);
	if (ward_process_stopping()) { /* its row could not be told any more */
		c->order_left |= asked;
		return;
	}
	path_of(c, e->id, ".sum", path);
	(void)unlink(path);
	path_of(c, e->id, ".clip", path);
	if (erase_key(c, e) && (!clips_tell(c, &t) || unlink(path) == 0))
		return;
	c->order_left |= asked;
	ward_count_name(&c->p.counters, "clips.not_erased", 1);
	WARD_LOG(&c->p.log, ERROR, "clips.not_erased", WARD_KV_Z("file", path),
		WARD_KV_Z("why", strerror(errno)));
}

static void tell_again(struct clips *c, const struct ward_evidence *e)
{
	struct clips_told t = told_of(e, "written");
	struct clips_kept kept;

	t.bytes = clips_find(c, e->id, &kept) ? kept.bytes : 0;
	t.has_sum = clips_pread(c, e->id, ".sum", 0, t.sha256, sizeof(t.sha256)) ==
		    sizeof(t.sha256); /* none of before there were sums */
	uint8_t sealed[WARD_EVIDENCE_SEALED];
	size_t n = clips_pread(c, e->id, ".key", 0, sealed, sizeof(sealed));

	ward_sha256(ward_slice_of(sealed, n), t.key_sha256);
	(void)clips_tell(c, &t);
}

static bool ends(const char *name, const char *with)
{
	size_t n = strlen(name), k = strlen(with);

	return n > k && strcmp(name + n - k, with) == 0;
}

/* Each clip that is there. */
static void each(struct clips *c, void (*fn)(struct clips *c, const struct ward_evidence *e))
{
	DIR *d = opendir(c->dir);
	const struct dirent *entry;

	if (!d)
		ward_process_die(&c->p, "the folder of clips", WARD_ERR_IO);
	while ((entry = readdir(d))) {
		uint8_t head[WARD_EVIDENCE_HEAD_MAX];
		char path[PATH_BYTES];
		struct ward_evidence e;
		size_t len;

		if (!ends(entry->d_name, ".clip"))
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", c->dir, entry->d_name) <
				(int)sizeof(path) &&
			read_some(path, head, sizeof(head), &len) &&
			ward_evidence_read(ward_slice_of(head, len), &e) == WARD_OK)
			fn(c, &e);
		else
			ward_count_name(&c->p.counters, "clips.foreign", 1);
	}
	(void)closedir(d);
}

void clips_tell_kept(struct clips *c)
{
	each(c, tell_again);
}

/* Of a person who asked that some go sooner. */
static bool read_order(struct clips *c)
{
	enum ward_err err = ward_ordering_read(c->dir, &c->order);

	if (err && err != WARD_ERR_NOT_FOUND)
		ward_count_name(&c->p.counters, "clips.order_unreadable", 1);
	return !err || err == WARD_ERR_MALFORMED || err == WARD_ERR_LIMIT;
}

void clips_expire(struct clips *c)
{
	c->expiry = ward_clock_now(c->p.clock) + look_again;
	if (c->holds != WARD_FD_NONE)
		hear_holds(c);
	if (c->holds != WARD_FD_NONE && !c->holds_known) { /* the journal begins just then */
		c->expiry = ward_clock_now(c->p.clock) + WARD_NS_PER_S;
		return;
	}
	ward_holds_expire(&c->held, ward_clock_now(c->p.clock));
	c->photos.n = c->files.n = 0;
	c->order_left = false;
	bool ordered = read_order(c);

	each(c, expire);
	if (ordered && !c->order_left && !ward_ordering_done(c->dir))
		ward_count_name(&c->p.counters, "clips.order_stays", 1);
	ward_order_fini(&c->order);
}

/* False: it is none, and is put aside. */
static bool read_reader(struct clips *c, struct ward_slice text, struct clips_told *t)
{
	const struct ward_conf *in;
	struct ward_diag diag;
	struct ward_str clip = {0}, incident = {0}, row = {0}, time = {0};
	enum ward_err err;
	bool ok;

	ward_arena_reset(&c->scratch);
	ward_diag_init(&diag, ward_mem_heap());
	err = ward_conf_json(&c->scratch, &c->lim, WARD_STR("reading"), 1, text, &diag, &in);
	ok = !err && ward_conf_str(in, "row", true, &diag, &row) &&
	     ward_conf_str(in, "id", true, &diag, &clip) &&
	     ward_conf_str(in, "incident", true, &diag, &incident) &&
	     (!ward_conf_get(in, "camera") ||
		     ward_conf_str(in, "camera", true, &diag, &t->camera)) &&
	     ward_conf_str(in, "who", true, &diag, &t->who) &&
	     ward_conf_str(in, "why", true, &diag, &t->why) &&
	     ward_conf_str(in, "time", true, &diag, &time) &&
	     ward_time_parse(time, &t->time) == WARD_OK && ward_id_parse(row, &t->row) &&
	     ward_id_parse(clip, &t->clip) && ward_id_parse(incident, &t->incident);
	ward_diag_fini(&diag);
	return ok;
}

void clips_hear_readers(struct clips *c)
{
	char dir[PATH_BYTES], path[PATH_BYTES + 300], bad[PATH_BYTES + 310];
	const struct dirent *e;
	DIR *d;

	(void)snprintf(dir, sizeof(dir), "%.4000s/reads", c->dir);
	d = opendir(dir);
	for (int n = 0; d && n < READS_MAX && (e = readdir(d));) {
		static uint8_t text[READ_BYTES];
		struct clips_told t = {.act = "read"};
		size_t len;

		if (!ends(e->d_name, ".json"))
			continue;
		n++;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (read_some(path, text, sizeof(text), &len) &&
			read_reader(c, ward_slice_of(text, len), &t)) {
			if (clips_tell(c, &t))
				(void)unlink(path);
			continue;
		}
		(void)snprintf(bad, sizeof(bad), "%s.bad", path);
		ward_count_name(&c->p.counters, "clips.bad_reading", 1);
		WARD_LOG(&c->p.log, ERROR, "clips.bad_reading", WARD_KV_Z("file", e->d_name));
		if (rename(path, bad) != 0)
			ward_process_die(&c->p, "the folder of readings", WARD_ERR_IO);
	}
	if (d)
		(void)closedir(d);
}
