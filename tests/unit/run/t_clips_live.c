/* The process that keeps clips, in its cage; the test is its store and its camera. An incident
 * where the camera looks brings a question, footage becomes a file that the key opens, none a row
 * that says why; what has expired is erased, its key first; what people read gets to the ledger.
 * And the process that makes photos, in its own, between the test as desk and that one. */
#include "live.h"

#include "comply/evidence.h"
#include "run/footage.h"
#include "run/photo.h"
#include "run/process.h"
#include "run/rows.h"

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
#include <time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 30000, ROWS_KEPT = 16, JSON_MAX = 1024, CLIP = 100000 };

struct lab {
	struct live_process clips, photo;
	int store, camera, desk; /* our ends */
	int photos[2], desk_theirs;
	int theirs[2], places, position;
	char folder[64], dir[80], key[96], clip[160], sealed[160];
	uint8_t secret[WARD_EVIDENCE_SECRET];
	char incident[JSON_MAX]; /* the row that there is; empty: none */
	uint64_t row;
	char told[ROWS_KEPT][JSON_MAX]; /* rows that it gave */
	size_t n_told;
	bool asked;
	struct ward_clip_ask ask;
	uint8_t buf[WARD_MSG_MAX];
};

static void write_file(const char *path, const void *p, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, len), (ssize_t)len);
	(void)close(fd);
}

static void start(struct lab *l, const char *keep)
{
	static char dir[96], key[112], keeps[48];

	(void)snprintf(dir, sizeof(dir), "dir=%s", l->dir);
	(void)snprintf(key, sizeof(key), "key=%s", l->key);
	(void)snprintf(keeps, sizeof(keeps), "keep=%s", keep);
	l->clips = (struct live_process){.name = "clips",
		.arg = {dir, key, keeps, "before=5000000000", "after=1000000000",
			"limit=photo.kept:2"},
		.fd = {{"store", l->theirs[0]}, {"video-1", l->theirs[1]}, {"places", l->places},
			{"position", l->position}, {"photo", l->photos[0]}}};
	live_start(&l->clips);
}

static void begin(struct lab *l, const char *keep)
{
	static const char places[] = "0 name corridor\n0 at room-1\n0 at door-1\n";
	uint8_t public_key[WARD_EVIDENCE_PUBLIC];
	char hex[2 * sizeof(public_key) + 1];
	int pair[2];

	memset(l, 0, sizeof(*l));
	live_folder(l->folder, sizeof(l->folder));
	(void)snprintf(l->dir, sizeof(l->dir), "%s/clips", l->folder);
	(void)snprintf(l->key, sizeof(l->key), "%s/evidence.pub", l->folder);
	assert_int_equal(mkdir(l->dir, 0700), 0);
	ward_evidence_keys(public_key, l->secret);
	(void)sodium_bin2hex(hex, sizeof(hex), public_key, sizeof(public_key));
	write_file(l->key, hex, strlen(hex));
	live_pair(pair);
	l->store = pair[0];
	l->theirs[0] = pair[1];
	live_pair(pair);
	l->camera = pair[0];
	l->theirs[1] = pair[1];
	live_pair(l->photos);
	live_pair(pair);
	l->desk = pair[0];
	l->desk_theirs = pair[1];
	l->places = memfd_create("places", MFD_CLOEXEC);
	l->position = memfd_create("position", MFD_CLOEXEC);
	assert_int_equal(write(l->places, places, strlen(places)), (ssize_t)strlen(places));
	l->row = 10;
	start(l, keep);
}

static void end(struct lab *l)
{
	if (l->clips.pid)
		assert_int_equal(live_end(&l->clips, SIGTERM), 0);
	(void)close(l->store);
	(void)close(l->camera);
	(void)close(l->theirs[0]);
	(void)close(l->theirs[1]);
	(void)close(l->photos[0]);
	(void)close(l->photos[1]);
	(void)close(l->desk);
	(void)close(l->desk_theirs);
	(void)close(l->places);
	(void)close(l->position);
	live_remove(l->folder);
}

static void give_incidents(struct lab *l, struct ward_msg *m)
{
	static uint8_t body[WARD_MSG_BODY_MAX];
	struct ward_rows_query q;
	struct ward_row_list list;
	struct ward_store_row row = {.row = l->row,
		.kind = WARD_ROW_INCIDENT,
		.revision = 1,
		.json = ward_str_z(l->incident)};

	assert_int_equal(ward_rows_query_get(&m->body, &q), WARD_OK);
	ward_row_list_begin(&list, body, l->row);
	if (l->incident[0] && q.after < l->row)
		assert_true(ward_row_list_add(&list, &row));
	assert_int_equal(
		ward_msg_send(l->store, WARD_MSG_ROW_LIST, m->id, ward_row_list_body(&list)),
		WARD_OK);
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
	assert_true(item.is_row && item.row.kind == WARD_ROW_CLIP && c.position == 0);
	assert_true(l->n_told < ROWS_KEPT && item.row.json.len < JSON_MAX);
	(void)snprintf(l->told[l->n_told], JSON_MAX, "%.*s", WARD_STR_ARG(item.row.json));
	for (size_t i = 0; i < l->n_told; i++)
		known = known || strcmp(l->told[i], l->told[l->n_told]) == 0;
	l->n_told += !known;
	ward_committed_put(&w, WARD_OK);
	assert_int_equal(
		ward_msg_send(l->store, WARD_MSG_COMMITTED, m->id, ward_wr_slice(&w)), WARD_OK);
}

/* One message, of whichever link. */
static void serve(struct lab *l)
{
	struct pollfd p[] = {{l->store, POLLIN, 0}, {l->camera, POLLIN, 0}};
	struct ward_msg m;

	assert_true(poll(p, 2, WAIT_MS) > 0);
	live_check(&l->clips);
	if (p[0].revents) {
		assert_int_equal(ward_msg_recv(l->store, l->buf, &m), WARD_OK);
		if (m.type == WARD_MSG_INCIDENTS)
			give_incidents(l, &m);
		else
			take_row(l, &m);
		return;
	}
	assert_int_equal(ward_msg_recv(l->camera, l->buf, &m), WARD_OK);
	assert_int_equal(m.type, WARD_MSG_CLIP);
	assert_int_equal(ward_clip_ask_get(&m.body, &l->ask), WARD_OK);
	l->asked = true;
}

static const char *told(struct lab *l, const char *act)
{
	char want[64];

	(void)snprintf(want, sizeof(want), "\"act\":\"%s\"", act);
	for (;;) {
		for (size_t i = 0; i < l->n_told; i++)
			if (strstr(l->told[i], want))
				return l->told[i];
		serve(l);
	}
}

/* Something happens in a place, by now; the process asks for it. */
static void happen(struct lab *l, const char *where)
{
	char time[40];
	struct ward_wr w = ward_wr_fixed(time, sizeof(time) - 1);

	ward_time_write(&w, ward_clock_now(ward_clock_system()));
	time[w.len] = 0;
	(void)snprintf(l->incident, sizeof(l->incident),
		"{\"kind\":\"incident\",\"members\":[{\"subject\":\"elsewhere\",\"last\":\"%s\"},"
		"{\"subject\":\"%s\",\"last\":\"%s\"}],\"threats\":[{\"asset\":\"%s\",\"since\":\"%"
		"s\"}]}",
		time, where, time, where, time);
	l->row++;
}

static void answer(struct lab *l, const struct ward_footage *like)
{
	static uint8_t body[WARD_MSG_BODY_MAX];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_footage f = *like;

	f.id = l->ask.id;
	ward_footage_put(&w, &f);
	assert_int_equal(ward_msg_send(l->camera, WARD_MSG_FOOTAGE, 0, ward_wr_slice(&w)), WARD_OK);
}

static void give_clip(struct lab *l, const uint8_t *clip)
{
	char text[WARD_ID_TEXT];

	answer(l, &(struct ward_footage){.what = WARD_FOOTAGE_BEGIN,
			  .from = l->ask.from + 1,
			  .to = l->ask.to - 1,
			  .n = 9,
			  .size = CLIP});
	answer(l, &(struct ward_footage){
			  .what = WARD_FOOTAGE_BYTES, .bytes = ward_slice_of(clip, 60000)});
	answer(l, &(struct ward_footage){.what = WARD_FOOTAGE_BYTES,
			  .bytes = ward_slice_of(clip + 60000, CLIP - 60000)});
	ward_id_text(l->ask.id, text);
	(void)snprintf(l->clip, sizeof(l->clip), "%s/%s.clip", l->dir, text);
	(void)snprintf(l->sealed, sizeof(l->sealed), "%s/%s.key", l->dir, text);
}

static void wait_for_ask(struct lab *l)
{
	while (!l->asked)
		serve(l);
	l->asked = false;
}

static size_t read_file(const char *path, uint8_t *buf, size_t cap)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = fd >= 0 ? read(fd, buf, cap) : -1;

	assert_true(n > 0);
	(void)close(fd);
	return (size_t)n;
}

/* A clip whose time is over; without a camera a photo. */
static void write_one(const struct lab *l, uint8_t id, const char *camera, ward_ns expires,
	char path[160], char key[160])
{
	const struct ward_evidence old = {.id = {{id}},
		.camera = ward_str_z(camera),
		.from = 1,
		.to = 2,
		.made = 3,
		.expires = expires};
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint8_t public_key[WARD_EVIDENCE_PUBLIC], sealed[WARD_EVIDENCE_SEALED];
	char text[WARD_ID_TEXT];

	ward_id_text(old.id, text);
	ward_evidence_public(l->secret, public_key);
	assert_int_equal(
		ward_evidence_write(&old, public_key, ward_slice_of("old", 3), &out, sealed),
		WARD_OK);
	(void)snprintf(path, 160, "%s/%s.clip", l->dir, text);
	(void)snprintf(key, 160, "%s/%s.key", l->dir, text);
	write_file(path, out.p, out.len);
	write_file(key, sealed, sizeof(sealed));
	ward_wr_fini(&out);
}

static void write_old(
	const struct lab *l, uint8_t id, const char *camera, char path[160], char key[160])
{
	write_one(l, id, camera, 4, path, key);
}

static bool erased_photo(const struct lab *l)
{
	for (size_t i = 0; i < l->n_told; i++)
		if (strstr(l->told[i], "\"kind\":\"photo\",\"act\":\"erased\""))
			return true;
	return false;
}

static void test_kept_and_erased(void **state)
{
	static uint8_t clip[CLIP], file[2 * CLIP], sealed[WARD_EVIDENCE_SEALED];
	char gone[160], gone_key[160], photo[160], photo_key[160];
	struct lab l;
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 20);
	size_t n;

	(void)state;
	for (size_t i = 0; i < CLIP; i++)
		clip[i] = (uint8_t)(i * 31 + i / 256);
	begin(&l, "60000000000");
	for (int i = 0; i < 3; i++) /* it begins with what is new */
		serve(&l);
	happen(&l, "room-1");
	wait_for_ask(&l);
	assert_true(l.ask.to - l.ask.from == 6 * WARD_NS_PER_S);
	give_clip(&l, clip);
	assert_non_null(strstr(told(&l, "written"), "\"camera\":\"corridor\""));
	n = read_file(l.clip, file, sizeof(file));
	assert_int_equal(read_file(l.sealed, sealed, sizeof(sealed)), sizeof(sealed));
	assert_int_equal(
		ward_evidence_open(ward_slice_of(file, n), sealed, l.secret, &out), WARD_OK);
	assert_true(out.len == CLIP && memcmp(out.p, clip, CLIP) == 0);
	/* killed, it asks for nothing twice, and tells what is kept once more */
	assert_true(WIFSIGNALED(live_end(&l.clips, SIGKILL)));
	write_old(&l, 0, "corridor", gone, gone_key);
	write_old(&l, 1, "", photo, photo_key);
	start(&l, "60000000000");
	/* what people read */
	char path[160];

	(void)snprintf(path, sizeof(path), "%s/reads/1.json", l.dir);
	static const char reading[] =
		"{\"row\":\"00000000-0000-8000-8000-000000000001\",\"id\":\"00000000-0000-8000-"
		"8000-"
		"000000000002\",\"incident\":\"00000000-0000-8000-8000-000000000003\",\"camera\":"
		"\"corridor\",\"who\":\"uid:1\",\"why\":\"a "
		"theft\",\"time\":\"2026-01-01T00:00:00Z\"}";

	write_file(path, reading, strlen(reading));
	assert_non_null(strstr(told(&l, "read"), "\"why\":\"a theft\",\"who\":\"uid:1\""));
	assert_non_null(told(&l, "erased"));
	while (!erased_photo(&l))
		serve(&l);
	for (int i = 0; i < 3; i++)
		serve(&l);
	assert_int_equal(access(gone_key, F_OK), -1);
	assert_int_equal(access(gone, F_OK), -1);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(l.clip, F_OK), 0);
	assert_false(l.asked);
	assert_int_equal(access(photo, F_OK), -1);
	assert_int_equal(access(photo_key, F_OK), -1);
	assert_int_equal(l.n_told, 6); /* all written, one read, two erased */
	ward_wr_fini(&out);
	end(&l);
}

/* One whose time is not over goes since a person asked for it; the other stays. */
static void test_erased_by_order(void **state)
{
	static const char order[] = "ward erasing 1\nrequest 01020300-0000-0000-0000-000000000000\n"
				    "clip 07000000-0000-0000-0000-000000000000\n";
	char gone[160], gone_key[160], kept[160], kept_key[160], path[160];
	struct lab l;

	(void)state;
	begin(&l, "60000000000");
	for (int i = 0; i < 3; i++)
		serve(&l);
	assert_true(WIFSIGNALED(live_end(&l.clips, SIGKILL)));
	write_one(&l, 7, "corridor", INT64_MAX, gone, gone_key);
	write_one(&l, 8, "corridor", INT64_MAX, kept, kept_key);
	(void)snprintf(path, sizeof(path), "%s/erase-order", l.dir);
	write_file(path, order, strlen(order));
	start(&l, "60000000000");
	assert_non_null(strstr(
		told(&l, "erased"), "\"why\":\"request 01020300-0000-0000-0000-000000000000\""));
	while (access(path, F_OK) == 0)
		serve(&l);
	assert_int_equal(access(gone, F_OK), -1);
	assert_int_equal(access(gone_key, F_OK), -1);
	assert_int_equal(access(kept, F_OK), 0);
	assert_int_equal(access(kept_key, F_OK), 0);
	end(&l);
}

static void test_none(void **state)
{
	static uint8_t clip[CLIP];
	struct lab l;

	(void)state;
	begin(&l, "60000000000");
	for (int i = 0; i < 3; i++)
		serve(&l);
	happen(&l, "nobody-looks-here");
	for (int i = 0; i < 4; i++)
		serve(&l);
	assert_false(l.asked);
	happen(&l, "door-1");
	wait_for_ask(&l);
	answer(&l, &(struct ward_footage){
			   .what = WARD_FOOTAGE_NONE, .why = WARD_STR("nobody can be blurred")});
	assert_non_null(strstr(told(&l, "none"), "nobody can be blurred"));
	/* more bytes than were announced are no clip either */
	l.n_told = 0;
	struct timespec past = {1, 100 * 1000 * 1000};

	(void)nanosleep(&past, NULL); /* after the end of what is covered already */
	happen(&l, "door-1");
	wait_for_ask(&l);
	answer(&l, &(struct ward_footage){.what = WARD_FOOTAGE_BEGIN, .n = 1, .size = 10});
	answer(&l, &(struct ward_footage){
			   .what = WARD_FOOTAGE_BYTES, .bytes = ward_slice_of(clip, 11)});
	assert_non_null(strstr(told(&l, "none"), "don't fit together"));
	end(&l);
}

/* ---- photos ---- */

static void start_photo(struct lab *l)
{
	l->photo = (struct live_process){
		.name = "photo", .fd = {{"desk", l->desk_theirs}, {"clips", l->photos[1]}}};
	live_start(&l->photo);
}

static uint8_t person = 'a';

/* A piece of the file is handed in by that person; what is answered stays in l->buf. */
static struct ward_decided hand_in(
	struct lab *l, uint8_t report, struct ward_slice file, size_t off, size_t n)
{
	static uint8_t body[WARD_MSG_BODY_MAX], answered[WARD_MSG_MAX];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_photo_piece p = {.id = {{report}},
		.by = {{person}},
		.subject = WARD_STR("room-1"),
		.size = (uint32_t)file.len,
		.off = (uint32_t)off,
		.bytes = ward_slice_of(file.p + off, n)};
	struct ward_decided d;
	struct ward_msg m;

	ward_photo_put(&w, &p);
	assert_int_equal(ward_msg_send(l->desk, WARD_MSG_PHOTO, 5, ward_wr_slice(&w)), WARD_OK);
	for (;;) {
		struct pollfd both[] = {{l->desk, POLLIN, 0}, {l->store, POLLIN, 0}};

		assert_true(poll(both, 2, WAIT_MS) > 0);
		if (both[0].revents)
			break;
		serve(l);
	}
	assert_int_equal(ward_msg_recv(l->desk, answered, &m), WARD_OK);
	assert_true(m.type == WARD_MSG_DECIDED && m.id == 5);
	assert_int_equal(ward_decided_get(&m.body, &d), WARD_OK);
	return d;
}

static size_t read_seed(const char *name, uint8_t *buf, size_t cap)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/tests/fuzz/seeds/photo/%s",
		getenv("WARD_SOURCE_ROOT"), name);
	return read_file(path, buf, cap);
}

/* 1: bytes are somewhere in the memory of a process; 0: they are not; -1: nobody may look, or
 * AddressSanitizer keeps what was freed. */
static int remembers(pid_t pid, struct ward_slice what)
{
	static uint8_t block[1 << 20];
	char path[64], line[512];
	bool found = false;

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	int fd = WARD_PROCESS_UNBOUND ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	(void)snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	FILE *maps = fd >= 0 ? fopen(path, "re") : NULL;

	if (!maps)
		(void)fprintf(stderr, "skipped: a look into the memory of 'photo'\n");
	while (maps && !found && fgets(line, sizeof(line), maps)) {
		char *end;
		uint64_t from = strtoull(line, &end, 16), to = strtoull(end + 1, &end, 16);

		if (strncmp(end, " rw", 3) != 0)
			continue;
		/* blocks overlap by what is looked for */
		for (; from < to && !found; from += sizeof(block) - what.len) {
			size_t n = to - from < sizeof(block) ? (size_t)(to - from) : sizeof(block);
			ssize_t got = pread(fd, block, n, (off_t)from);

			found = got > 0 && memmem(block, (size_t)got, what.p, what.len);
		}
	}
	if (fd >= 0)
		(void)close(fd);
	if (!maps)
		return -1;
	(void)fclose(maps);
	return found;
}

static void test_photo_is_kept(void **state)
{
	static uint8_t taken[8192], file[65536], sealed[WARD_EVIDENCE_SEALED];
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       coded = ward_wr_grow(ward_mem_heap(), 1 << 20);
	uint8_t hash[crypto_hash_sha256_BYTES];
	char id[WARD_ID_TEXT], path[192], why[WARD_PHOTO_WHY];
	struct ward_photo_coded c;
	struct ward_limits lim;
	struct ward_id photo;
	struct lab l;

	(void)state;
	begin(&l, "60000000000");
	start_photo(&l);
	size_t n = read_seed("exif.jpg", taken, sizeof(taken));
	struct ward_slice all = ward_slice_of(taken, n);

	assert_true(ward_str_find(ward_slice_text(all), WARD_STR("GPSLatitude")) != SIZE_MAX);
	struct ward_decided d = hand_in(&l, 9, all, 0, 1000);

	assert_true(!d.err && !d.json.len);
	assert_int_not_equal(remembers(l.photo.pid, ward_slice_of(taken, 16)), 0);
	d = hand_in(&l, 9, all, 1000, n - 1000);
	assert_int_equal(d.err, WARD_OK);
	assert_true(ward_photo_said(d.json, &photo));
	for (size_t i = 1; i < 8; i++)
		assert_int_not_equal(
			remembers(l.photo.pid, ward_slice_of(taken + n * i / 8, 16)), 1);
	ward_id_text(photo, id);
	const char *row = told(&l, "written");

	assert_non_null(strstr(row, "\"kind\":\"photo\""));
	assert_non_null(strstr(row, id));
	assert_non_null(strstr(row, "\"report\":\"09000000-0000-0000-0000-000000000000\""));
	(void)snprintf(path, sizeof(path), "%s/%s.key", l.dir, id);
	assert_int_equal(read_file(path, sealed, sizeof(sealed)), sizeof(sealed));
	(void)snprintf(path, sizeof(path), "%s/%s.clip", l.dir, id);
	n = read_file(path, file, sizeof(file));
	assert_int_equal(
		ward_evidence_open(ward_slice_of(file, n), sealed, l.secret, &out), WARD_OK);
	/* its name is its hash; it is upright, and has nothing of the camera's */
	(void)crypto_hash_sha256(hash, out.p, out.len);
	assert_memory_equal(hash, photo.b, sizeof(photo.b));
	ward_limits_default(&lim);
	assert_int_equal(ward_photo_strip(ward_wr_slice(&out), &lim, &coded, &c, why), WARD_OK);
	assert_true(!c.png && c.w == 90 && c.h == 160 && c.turned == 1);
	assert_true(ward_str_find(ward_wr_text(&out), WARD_STR("GPS")) == SIZE_MAX);
	assert_int_equal(live_end(&l.photo, SIGTERM), 0);
	ward_wr_fini(&out);
	ward_wr_fini(&coded);
	end(&l);
}

/* The file that is kept opens with the key that is. */
static void opens(const struct lab *l, const char *id)
{
	static uint8_t file[65536], sealed[WARD_EVIDENCE_SEALED];
	struct ward_wr out = ward_wr_grow(ward_mem_heap(), 1 << 20);
	char path[192];

	(void)snprintf(path, sizeof(path), "%s/%s.key", l->dir, id);
	assert_int_equal(read_file(path, sealed, sizeof(sealed)), sizeof(sealed));
	(void)snprintf(path, sizeof(path), "%s/%s.clip", l->dir, id);
	size_t n = read_file(path, file, sizeof(file));

	assert_int_equal(
		ward_evidence_open(ward_slice_of(file, n), sealed, l->secret, &out), WARD_OK);
	ward_wr_fini(&out);
}

static void test_photo_of_two_reports(void **state)
{
	static uint8_t taken[8192];
	char id[WARD_ID_TEXT], again[WARD_ID_TEXT], path[192];
	struct ward_id photo = {{0}};
	struct lab l;

	(void)state;
	begin(&l, "60000000000");
	start_photo(&l);
	person = 'a';
	struct ward_slice all = ward_slice_of(taken, read_seed("exif.jpg", taken, sizeof(taken)));
	struct ward_decided d = hand_in(&l, 9, all, 0, all.len);

	assert_true(!d.err && ward_photo_said(d.json, &photo));
	ward_id_text(photo, id);
	const char *row = told(&l, "written");
	/* handed in again it is the same */
	size_t n_told = l.n_told;

	d = hand_in(&l, 9, all, 0, all.len);
	assert_true(!d.err && ward_photo_said(d.json, &photo));
	assert_int_equal(l.n_told, n_told);
	/* with another report it is kept until that one's time is over; its key is there, too */
	(void)snprintf(path, sizeof(path), "%s/%s.key", l.dir, id);
	assert_int_equal(unlink(path), 0);
	d = hand_in(&l, 10, all, 0, all.len);
	assert_true(!d.err && ward_photo_said(d.json, &photo));
	ward_id_text(photo, again);
	assert_string_equal(again, id);
	assert_int_equal(l.n_told, n_told + 1);
	assert_non_null(
		strstr(l.told[n_told], "\"report\":\"0a000000-0000-0000-0000-000000000000\""));
	assert_string_not_equal(strstr(l.told[n_told], "\"expires\""), strstr(row, "\"expires\""));
	opens(&l, id);
	/* more than its share nobody has, and more than two this hospital does not keep */
	all = ward_slice_of(taken, read_seed("zip.jpg", taken, sizeof(taken)));
	d = hand_in(&l, 11, all, 0, all.len);
	assert_int_equal(d.err, WARD_ERR_FULL);
	assert_true(ward_str_find(d.why, WARD_STR("of one person")) != SIZE_MAX);
	person = 'b';
	d = hand_in(&l, 12, all, 0, all.len);
	assert_int_equal(d.err, WARD_OK);
	person = 'c';
	all = ward_slice_of(taken, read_seed("small.png", taken, sizeof(taken)));
	d = hand_in(&l, 13, all, 0, all.len);
	assert_int_equal(d.err, WARD_ERR_FULL);
	assert_true(ward_str_find(d.why, WARD_STR("photo.kept allows")) != SIZE_MAX);
	assert_int_equal(live_end(&l.photo, SIGTERM), 0);
	end(&l);
}

/* One person who begins many has one place of the four. */
static void test_places_are_shared(void **state)
{
	static uint8_t taken[8192];
	struct lab l;

	(void)state;
	begin(&l, "60000000000");
	start_photo(&l);
	struct ward_slice all = ward_slice_of(taken, read_seed("cut.jpg", taken, sizeof(taken)));

	person = 'a';
	for (uint8_t i = 0; i < 6; i++)
		assert_int_equal(hand_in(&l, i, all, 0, 500).err, WARD_OK);
	assert_int_equal(hand_in(&l, 4, all, 500, 100).err, WARD_ERR_AGAIN);
	for (person = 'b'; person < 'e'; person++)
		assert_int_equal(hand_in(&l, person, all, 0, 500).err, WARD_OK);
	struct ward_decided d = hand_in(&l, person, all, 0, 500);

	assert_int_equal(d.err, WARD_ERR_FULL);
	assert_true(ward_str_find(d.why, WARD_STR("in a minute")) != SIZE_MAX);
	assert_int_equal(live_end(&l.photo, SIGTERM), 0);
	end(&l);
}

static void test_photo_is_none(void **state)
{
	static uint8_t taken[8192];
	struct lab l;

	(void)state;
	begin(&l, "60000000000");
	start_photo(&l);
	struct ward_slice all = ward_slice_of(taken, read_seed("heic", taken, sizeof(taken)));
	struct ward_decided d = hand_in(&l, 1, all, 0, all.len);

	assert_int_equal(d.err, WARD_ERR_UNSUPPORTED);
	assert_true(ward_str_find(d.why, WARD_STR("Most Compatible")) != SIZE_MAX);
	assert_int_equal(live_end(&l.photo, SIGTERM), 0);
	start_photo(&l);
	all = ward_slice_of(taken, read_seed("cut.jpg", taken, sizeof(taken)));
	d = hand_in(&l, 2, all, 0, 500);
	assert_int_equal(d.err, WARD_OK);
	/* a life later nothing is known of what came */
	assert_true(WIFSIGNALED(live_end(&l.photo, SIGKILL)));
	start_photo(&l);
	d = hand_in(&l, 2, all, 500, all.len - 500);
	assert_int_equal(d.err, WARD_ERR_AGAIN);
	d = hand_in(&l, 2, all, 0, all.len);
	assert_int_equal(d.err, WARD_ERR_MALFORMED);
	assert_true(ward_str_find(d.why, WARD_STR("take the file anew")) != SIZE_MAX);
	all.len = (size_t)32 << 20;
	d = hand_in(&l, 3, all, 0, 500);
	assert_int_equal(d.err, WARD_ERR_LIMIT);
	assert_int_equal(l.n_told, 0);
	assert_int_equal(live_end(&l.photo, SIGTERM), 0);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_kept_and_erased),
		cmocka_unit_test(test_erased_by_order), cmocka_unit_test(test_none),
		cmocka_unit_test(test_photo_is_kept), cmocka_unit_test(test_photo_of_two_reports),
		cmocka_unit_test(test_places_are_shared), cmocka_unit_test(test_photo_is_none)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
