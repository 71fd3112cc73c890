/* The process that keeps clips, in its cage; the test is its store, the desk and the API. Who looks
 * at a clip in a page gets it once, in pieces and sealed, after the ledger has who and why. */
#include "live.h"

#include "comply/evidence.h"
#include "run/photo.h"
#include "run/process.h"
#include "run/rows.h"
#include "run/sealed.h"
#include "desk/decision.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 30000, ROWS_KEPT = 16, JSON_MAX = 1024, CLIP = 300000 };

struct lab {
	struct live_process clips;
	int store[2], page_desk[2], page_api[2], files[2], places, position;
	char folder[64], dir[80], key[96], sealed[160];
	uint8_t secret[WARD_EVIDENCE_SECRET];
	struct ward_id clip;
	char id[WARD_ID_TEXT];
	char told[ROWS_KEPT][JSON_MAX]; /* rows that it gave */
	size_t n_told;
	uint8_t buf[WARD_MSG_MAX];
};

static void write_file(const char *path, const void *p, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, len), (ssize_t)len);
	(void)close(fd);
}

/* A clip that is kept for an hour yet. */
static void keep(struct lab *l, const uint8_t *public_key, struct ward_slice bytes)
{
	ward_ns now = ward_clock_now(ward_clock_system());
	const struct ward_evidence e = {.id = l->clip,
		.incident = {{9}},
		.camera = WARD_STR("corridor"),
		.from = now - 2,
		.to = now - 1,
		.made = now,
		.expires = now + 3600 * WARD_NS_PER_S};
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint8_t sealed[WARD_EVIDENCE_SEALED];
	char path[160];

	assert_int_equal(ward_evidence_write(&e, public_key, bytes, &out, sealed), WARD_OK);
	(void)snprintf(path, sizeof(path), "%s/%s.clip", l->dir, l->id);
	(void)snprintf(l->sealed, sizeof(l->sealed), "%s/%s.key", l->dir, l->id);
	write_file(path, out.p, out.len);
	write_file(l->sealed, sealed, sizeof(sealed));
	ward_wr_fini(&out);
}

static void begin(struct lab *l, struct ward_slice bytes)
{
	static char dir[96], key[112];
	uint8_t public_key[WARD_EVIDENCE_PUBLIC];
	char hex[2 * sizeof(public_key) + 1];

	*l = (struct lab){.clip = {{1, 2, 3}}};
	ward_id_text(l->clip, l->id);
	live_folder(l->folder, sizeof(l->folder));
	(void)snprintf(l->dir, sizeof(l->dir), "%s/clips", l->folder);
	(void)snprintf(l->key, sizeof(l->key), "%s/evidence.pub", l->folder);
	(void)snprintf(dir, sizeof(dir), "dir=%s", l->dir);
	(void)snprintf(key, sizeof(key), "key=%s", l->key);
	assert_int_equal(mkdir(l->dir, 0700), 0);
	ward_evidence_keys(public_key, l->secret);
	(void)sodium_bin2hex(hex, sizeof(hex), public_key, sizeof(public_key));
	write_file(l->key, hex, strlen(hex));
	keep(l, public_key, bytes);
	live_pair(l->store);
	live_pair(l->page_desk);
	live_pair(l->page_api);
	live_pair(l->files);
	l->places = memfd_create("places", MFD_CLOEXEC);
	l->position = memfd_create("position", MFD_CLOEXEC);
	l->clips = (struct live_process){.name = "clips",
		.arg = {dir, key, "keep=60000000000", "before=5000000000", "after=1000000000"},
		.fd = {{"store", l->store[1]}, {"places", l->places}, {"position", l->position},
			{"desk", l->page_desk[1]}, {"api", l->page_api[1]}, {"file", l->files[1]}}};
	live_start(&l->clips);
}

static void end(struct lab *l)
{
	assert_int_equal(live_end(&l->clips, SIGTERM), 0);
	for (int i = 0; i < 2; i++) {
		(void)close(l->store[i]);
		(void)close(l->page_desk[i]);
		(void)close(l->page_api[i]);
		(void)close(l->files[i]);
	}
	(void)close(l->places);
	(void)close(l->position);
	live_remove(l->folder);
}

static void take_row(struct lab *l, struct ward_msg *m)
{
	uint8_t body[16];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_commit c;
	struct ward_commit_item item;
	bool known = false;

	assert_int_equal(ward_commit_get(&m->body, &c), WARD_OK);
	assert_int_equal(ward_commit_get_item(&m->body, &item), WARD_OK);
	assert_true(l->n_told < ROWS_KEPT && item.row.json.len < JSON_MAX);
	(void)snprintf(l->told[l->n_told], JSON_MAX, "%.*s", WARD_STR_ARG(item.row.json));
	for (size_t i = 0; i < l->n_told; i++)
		known = known || strcmp(l->told[i], l->told[l->n_told]) == 0;
	l->n_told += !known;
	ward_committed_put(&w, WARD_OK);
	assert_int_equal(
		ward_msg_send(l->store[0], WARD_MSG_COMMITTED, m->id, ward_wr_slice(&w)), WARD_OK);
}

/* One message of the store's link: there are no incidents. */
static void serve(struct lab *l)
{
	static uint8_t body[WARD_MSG_BODY_MAX];
	struct ward_row_list list;
	struct ward_msg m;

	assert_int_equal(ward_msg_recv(l->store[0], l->buf, &m), WARD_OK);
	if (m.type != WARD_MSG_INCIDENTS) {
		take_row(l, &m);
		return;
	}
	ward_row_list_begin(&list, body, 1);
	assert_int_equal(
		ward_msg_send(l->store[0], WARD_MSG_ROW_LIST, m.id, ward_row_list_body(&list)),
		WARD_OK);
}

/* Serves the others until there is a message at fd, which is in `buf` then. */
static struct ward_msg hear(struct lab *l, int fd, uint8_t *buf)
{
	struct ward_msg m;

	for (;;) {
		struct pollfd both[] = {{fd, POLLIN, 0}, {l->store[0], POLLIN, 0}};

		assert_true(poll(both, 2, WAIT_MS) > 0);
		live_check(&l->clips);
		if (both[0].revents)
			break;
		serve(l);
	}
	assert_int_equal(ward_msg_recv(fd, buf, &m), WARD_OK);
	return m;
}

static struct ward_decided ask_reading(struct lab *l, const struct ward_decision *d)
{
	static uint8_t body[8192], answered[WARD_MSG_MAX];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_decided said;

	ward_decision_put(&w, d);
	assert_int_equal(
		ward_msg_send(l->page_desk[0], WARD_MSG_DECIDE, 3, ward_wr_slice(&w)), WARD_OK);
	struct ward_msg m = hear(l, l->page_desk[0], answered);

	assert_true(m.type == WARD_MSG_DECIDED && m.id == 3);
	assert_int_equal(ward_decided_get(&m.body, &said), WARD_OK);
	return said;
}

static void reading_in(struct ward_str json, uint8_t ret[WARD_READING])
{
	struct ward_str key = WARD_STR("{\"reading\":\"");

	assert_true(ward_str_starts(json, key));
	assert_true(
		ward_str_unhex(ward_str_sub(json, key.len, 2 * WARD_READING), ret, WARD_READING));
}

static struct ward_fetched fetch(struct lab *l, const struct ward_fetch *f)
{
	static uint8_t answered[WARD_MSG_MAX];
	uint8_t body[64];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_fetched d;

	ward_fetch_put(&w, f);
	assert_int_equal(
		ward_msg_send(l->page_api[0], WARD_MSG_FETCH, 4, ward_wr_slice(&w)), WARD_OK);
	struct ward_msg m = hear(l, l->page_api[0], answered);

	assert_true(m.type == WARD_MSG_FETCHED && m.id == 4);
	assert_int_equal(ward_fetched_get(&m.body, f->off, &d), WARD_OK);
	return d;
}

/* All that a reading gives, in as many pieces as it takes. */
static size_t fetch_all(struct lab *l, struct ward_fetch *f, uint8_t *to, size_t cap)
{
	struct ward_fetched d;
	size_t n = 0;

	do {
		f->off = n;
		d = fetch(l, f);
		assert_int_equal(d.err, WARD_OK);
		assert_true(d.bytes.len <= cap - n);
		memcpy(to + n, d.bytes.p, d.bytes.len);
		n += d.bytes.len;
	} while (n < d.size);
	return n;
}

static struct ward_decision asks(const struct lab *l)
{
	return (struct ward_decision){.kind = WARD_DECISION_READ,
		.id = {{7}},
		.at = 1773281400 * WARD_NS_PER_S,
		.person = WARD_STR("anna"),
		.role = WARD_STR("guard"),
		.subject = ward_str_z(l->id),
		.text = WARD_STR("who came in?"),
		.args = WARD_STR(""),
		.proof = WARD_STR("")};
}

/* Once it answers, the ledger has it; asked again it is the same; not from the middle, and each
 * piece once. */
static void it_is_read_once(void **state)
{
	static uint8_t clip[CLIP], got[2 * CLIP];
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint8_t again[WARD_READING];
	struct lab l;

	(void)state;
	for (size_t i = 0; i < CLIP; i++)
		clip[i] = (uint8_t)(i * 31 + i / 256);
	begin(&l, ward_slice_of(clip, CLIP));
	struct ward_decision d = asks(&l);
	struct ward_fetch f = {.id = l.clip};

	assert_int_equal(fetch(&l, &f).err, WARD_ERR_NOT_FOUND);
	struct ward_decided said = ask_reading(&l, &d);
	const char *row = l.told[l.n_told - 1];
	size_t n_told = l.n_told;

	assert_int_equal(said.err, WARD_OK);
	assert_non_null(strstr(row, "\"act\":\"read\""));
	assert_non_null(
		strstr(row, "\"why\":\"who came in?\",\"who\":\"anna\",\"role\":\"guard\""));
	reading_in(said.json, f.reading);
	reading_in(ask_reading(&l, &d).json, again);
	assert_memory_equal(again, f.reading, sizeof(again));
	assert_int_equal(l.n_told, n_told);
	f.off = 1;
	assert_int_equal(fetch(&l, &f).err, WARD_ERR_NOT_FOUND);
	f.id.b[0]++;
	assert_int_equal(fetch(&l, &f).err, WARD_ERR_NOT_FOUND);
	f.id = l.clip;
	size_t n = fetch_all(&l, &f, got, sizeof(got));

	assert_int_equal(ward_evidence_open(ward_slice_of(got + WARD_EVIDENCE_SEALED,
						    n - WARD_EVIDENCE_SEALED),
				 got, l.secret, &out),
		WARD_OK);
	assert_true(out.len == CLIP && memcmp(out.p, clip, CLIP) == 0);
	assert_int_equal(fetch(&l, &f).err, WARD_ERR_NOT_FOUND);
	f.off = 0;
	assert_int_equal(fetch(&l, &f).err, WARD_ERR_NOT_FOUND);
	ward_wr_fini(&out);
	end(&l);
}

/* A suspicious file that somebody found, in one piece; `is`: what it has to be. */
static struct ward_decided give(struct lab *l, struct ward_slice file, struct ward_id is)
{
	static uint8_t body[8192], answered[WARD_MSG_MAX];
	const struct ward_photo_piece p = {.id = {{0xfe}},
		.by = is,
		.subject = WARD_STR("file"),
		.size = (uint32_t)file.len,
		.bytes = file};
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_decided said;

	ward_photo_put(&w, &p);
	assert_int_equal(ward_msg_send(l->files[0], WARD_MSG_PHOTO, 5, ward_wr_slice(&w)), WARD_OK);
	struct ward_msg m = hear(l, l->files[0], answered);

	assert_true(m.type == WARD_MSG_DECIDED && m.id == 5);
	assert_int_equal(ward_decided_get(&m.body, &said), WARD_OK);
	return said;
}

static bool has_row(const struct lab *l, const char *text)
{
	for (size_t i = 0; i < l->n_told; i++)
		if (strstr(l->told[i], text))
			return true;
	return false;
}

/* What was written over between the verdict and its reading is another file: it is not kept as the
 * one that the verdict is about. */
static void only_what_was_looked_at(void **state)
{
	struct ward_slice file = ward_slice_of("what was looked at", 18);
	uint8_t sum[32];
	struct ward_id is, id;
	struct lab l;

	(void)state;
	begin(&l, ward_slice_of("a clip", 6));
	ward_sha256(file, sum);
	memcpy(is.b, sum, sizeof(is.b));
	assert_int_equal(give(&l, ward_slice_of("what is there now.", 18), is).err, WARD_ERR_STATE);
	assert_false(has_row(&l, "\"kind\":\"file\""));
	const struct ward_decided said = give(&l, file, is);

	assert_int_equal(said.err, WARD_OK);
	assert_true(ward_photo_said(said.json, &id) && ward_id_eq(id, is));
	assert_true(has_row(&l, "\"kind\":\"file\",\"act\":\"written\""));
	end(&l);
}

/* What is no reading puts nothing on the ledger; of one person the oldest of more than four is good
 * no more; of what is erased no byte comes. */
static void it_is_refused(void **state)
{
	uint8_t last[WARD_READING];
	struct lab l;

	(void)state;
	begin(&l, ward_slice_of("a clip", 6));
	struct ward_decision d = asks(&l);
	struct ward_fetch f = {.id = l.clip};

	reading_in(ask_reading(&l, &d).json, f.reading);
	size_t n_told = l.n_told;

	d.id.b[0]++;
	d.subject = WARD_STR("00000000-0000-8000-8000-00000000000f");
	assert_int_equal(ask_reading(&l, &d).err, WARD_ERR_NOT_FOUND);
	d.subject = WARD_STR("../evidence");
	assert_int_equal(ask_reading(&l, &d).err, WARD_ERR_MALFORMED);
	d = asks(&l);
	d.text = WARD_STR("");
	assert_int_equal(ask_reading(&l, &d).err, WARD_ERR_MALFORMED);
	d = asks(&l);
	d.kind = WARD_DECISION_NOTE;
	assert_int_equal(ask_reading(&l, &d).err, WARD_ERR_MALFORMED);
	assert_int_equal(l.n_told, n_told);
	d = asks(&l);
	for (int i = 0; i < 4; i++) {
		d.id.b[0]++;
		reading_in(ask_reading(&l, &d).json, last);
	}
	assert_int_equal(fetch(&l, &f).err, WARD_ERR_NOT_FOUND);
	assert_int_equal(unlink(l.sealed), 0);
	memcpy(f.reading, last, sizeof(last));
	assert_int_equal(fetch(&l, &f).err, WARD_ERR_STATE);
	d.id.b[0]++;
	assert_int_equal(ask_reading(&l, &d).err, WARD_ERR_NOT_FOUND);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_read_once),
		cmocka_unit_test(it_is_refused), cmocka_unit_test(only_what_was_looked_at)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
