/* Files that pass by and files of a folder, looked at in real cells with Ward's own rules. */
#include "run/passed.h"
#include "run/sandbox.h"
#include "run/watched.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test_setup_teardown(name, up, down)

/* In two halves, so that this file is none itself. */
static const char eicar[] = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"
			    "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

static struct ward_inspector *with;
static struct ward_limits lim;

struct lab {
	struct ward_names names;
	struct ward_arena arena;
	struct ward_inspect_cell cell;
	struct ward_passed p;
	struct ward_event e;
	struct ward_wr json;
	size_t n;
};

static enum ward_err put(void *ctx, struct ward_event *e)
{
	struct lab *l = ctx;

	ward_event_write_json(e, &l->names, &l->json);
	l->n++;
	return WARD_OK;
}

static int up(void **state)
{
	static struct lab l;

	l = (struct lab){.json = ward_wr_grow(ward_mem_heap(), 1 << 20)};
	ward_limits_default(&lim);
	assert_int_equal(ward_names_init(&l.names, ward_mem_heap(), &lim), WARD_OK);
	ward_arena_init(&l.arena, ward_mem_heap(), 1 << 20);
	ward_event_init(&l.e, &l.arena);
	l.e.class = ward_name(&l.names, WARD_STR("net.file"));
	l.e.source = ward_name(&l.names, WARD_STR("net"));
	l.e.id.b[0] = 7;
	assert_int_equal(
		ward_event_set(&l.e, WARD_FIELD_SRC_IP, ward_value_str(WARD_STR("10.1.0.9"))),
		WARD_OK);
	*state = &l;
	return 0;
}

static void begin(struct lab *l)
{
	l->cell = (struct ward_inspect_cell){.with = with, .lim = &lim};
	assert_int_equal(ward_inspect_ready(&l->cell), WARD_OK);
	const struct ward_passed_opts o = {
		.cell = &l->cell, .names = &l->names, .put = put, .ctx = l};

	ward_passed_init(&l->p, &o);
}

static int down(void **state)
{
	struct lab *l = *state;

	ward_passed_fini(&l->p);
	ward_inspect_done(&l->cell);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no cell is left, nor its end */
	assert_int_equal(errno, ECHILD);
	ward_wr_fini(&l->json);
	ward_arena_fini(&l->arena);
	ward_names_fini(&l->names);
	return 0;
}

static struct ward_slice slice(const char *s)
{
	return ward_slice_of(s, strlen(s));
}

static void expect(const struct lab *l, const char *text)
{
	if (!memmem(l->json.p, l->json.len, text, strlen(text)))
		fail_msg("no %s in %.*s", text, (int)l->json.len, (const char *)l->json.p);
}

static void told(struct lab *l, uint32_t number)
{
	assert_int_equal(ward_passed_told(&l->p, number, NULL, &l->e), WARD_OK);
}

/* While others still come. */
static void look(struct lab *l, size_t n)
{
	assert_int_equal(ward_looker_finish(&l->p.looker), WARD_OK);
	assert_int_equal(l->n, n);
	assert_int_equal(l->p.looker.n, 0);
}

static void finish(struct lab *l, size_t n)
{
	look(l, n);
	assert_int_equal(l->p.gather.all, 0); /* nothing is kept */
}

/* Several at once, in pieces; each has its verdict, with the fields of what was told of it. */
static void pieces(void **state)
{
	struct lab *l = *state;
	uint64_t half = strlen(eicar) / 2;

	begin(l);
	ward_passed_begin(&l->p, 1);
	ward_passed_begin(&l->p, 2);
	ward_passed_bytes(&l->p, 1, 0, ward_slice_of(eicar, half));
	ward_passed_bytes(&l->p, 2, 0, slice("harmless"));
	ward_passed_bytes(&l->p, 1, half, slice(eicar + half));
	told(l, 1);
	look(l, 1);
	expect(l, "\"class\":\"file.malicious\"");
	expect(l, "\"src_ip\":\"10.1.0.9\"");
	expect(l, "\"file.rules\":[\"eicar\"]");
	ward_wr_reset(&l->json);
	told(l, 2);
	finish(l, 2);
	expect(l, "\"class\":\"file.clean\"");
	assert_int_equal(l->p.looker.n_looked, 2);
}

/* The same file told twice is one verdict: ids follow from what was told. */
static void same(void **state)
{
	struct lab *l = *state;
	char first[64];

	begin(l);
	for (uint32_t i = 1; i <= 2; i++) {
		ward_passed_begin(&l->p, i);
		ward_passed_bytes(&l->p, i, 0, slice("harmless"));
		told(l, i);
		finish(l, i);
		if (i == 1)
			memcpy(first, l->json.p, sizeof(first));
		else
			assert_memory_equal(first, l->json.p, sizeof(first));
		ward_wr_reset(&l->json);
	}
}

/* Behind a hole nothing is kept: never a byte at a place where it was not. */
static void hole(void **state)
{
	struct lab *l = *state;

	begin(l);
	ward_passed_begin(&l->p, 1);
	ward_passed_bytes(&l->p, 1, 0, slice("abc"));
	ward_passed_bytes(&l->p, 1, 100, slice(eicar));
	ward_passed_bytes(&l->p, 1, 3, slice(eicar));
	told(l, 1);
	finish(l, 1);
	expect(l, "\"file.bytes\":3");
	expect(l, "\"class\":\"file.clean\"");
	/* nothing of it was seen: nothing is said */
	ward_passed_begin(&l->p, 2);
	ward_passed_bytes(&l->p, 2, 100, slice(eicar));
	told(l, 2);
	finish(l, 1);
}

static void says(struct lab *l, const char *field, int64_t n)
{
	assert_int_equal(
		ward_event_set(&l->e, ward_name(&l->names, ward_str_z(field)), ward_value_int(n)),
		WARD_OK);
}

/* Less came than its event says there was: what came is not looked at, nor told as clean. A hole
 * that the event itself tells of is another thing. */
static void cut(void **state)
{
	struct lab *l = *state;

	begin(l);
	says(l, "file.bytes", 108);
	ward_passed_begin(&l->p, 1);
	ward_passed_bytes(&l->p, 1, 0, slice("harmless"));
	told(l, 1);
	finish(l, 1);
	expect(l, "\"class\":\"file.unlooked\"");
	expect(l, "\"reason\":\"it passed by faster than files are taken\"");
	ward_passed_begin(&l->p, 2); /* not a byte came */
	told(l, 2);
	finish(l, 2);
	assert_int_equal(l->p.looker.n_unlooked, 2);
	says(l, "file.missing_at", 8);
	for (uint32_t i = 3; i <= 4; i++) {
		ward_passed_begin(&l->p, i);
		ward_passed_bytes(&l->p, i, 0, ward_slice_of("harmless", i == 3 ? 8 : 7));
		told(l, i);
	}
	finish(l, 4);
	assert_int_equal(l->p.looker.n_looked, 1);
	assert_int_equal(l->p.looker.n_unlooked, 3);
}

/* What finds no room is told at once, and waits behind nobody: the queue is bounded. */
static void flood(void **state)
{
	enum { MANY = 500 };
	struct lab *l = *state;

	assert_int_equal(ward_limits_set(&lim, WARD_STR("file.queue"), 4), WARD_OK);
	begin(l);
	for (uint32_t i = 1; i <= MANY; i++) {
		ward_passed_begin(&l->p, i);
		ward_passed_bytes(&l->p, i, 0, slice("harmless"));
		told(l, i);
		assert_true(l->p.looker.n <= 4);
	}
	assert_int_equal(l->n, MANY - 4);
	finish(l, MANY);
	assert_int_equal(l->p.n, 0);
}

/* Nobody hears of it, or it was not known: its memory goes all the same. */
static void untold(void **state)
{
	struct lab *l = *state;

	begin(l);
	ward_passed_begin(&l->p, 1);
	ward_passed_bytes(&l->p, 1, 0, slice(eicar));
	assert_int_equal(ward_passed_told(&l->p, 1, NULL, NULL), WARD_OK);
	finish(l, 0);
	ward_passed_begin(&l->p, 2); /* never ends */
	ward_passed_bytes(&l->p, 2, 0, slice(eicar));
}

/* Each limit, told of each file. */
static void limits(void **state)
{
	struct lab *l = *state;
	static uint8_t large[1 << 20];

	assert_int_equal(ward_limits_set(&lim, WARD_STR("file.bytes"), 65536), WARD_OK);
	assert_int_equal(ward_limits_set(&lim, WARD_STR("file.waiting"), 1 << 20), WARD_OK);
	assert_int_equal(ward_limits_set(&lim, WARD_STR("file.queue"), 1), WARD_OK);
	begin(l);
	ward_passed_begin(&l->p, 1);
	ward_passed_bytes(&l->p, 1, 0, ward_slice_of(large, 65537));
	told(l, 1);
	finish(l, 1);
	expect(l, "\"class\":\"file.unlooked\"");
	expect(l, "\"reason\":\"it is larger than file.bytes\"");
	for (uint32_t i = 1; i <= 17; i++) {
		ward_passed_begin(&l->p, i);
		ward_passed_bytes(&l->p, i, 0, ward_slice_of(large, 65536));
	}
	told(l, 17);
	look(l, 2);
	for (uint32_t i = 1; i <= 16; i++)
		told(l, i);
	finish(l, 18);
	expect(l, "\"reason\":\"more files wait than file.waiting has room for\"");
	expect(l, "\"reason\":\"more files wait than file.queue has room for\"");
	ward_wr_reset(&l->json);
	for (uint32_t i = 1; i <= WARD_GATHER_OPEN + 1; i++) {
		ward_passed_begin(&l->p, i);
		ward_passed_bytes(&l->p, i, 0, slice("x"));
	}
	told(l, 1); /* the oldest gave way */
	look(l, 19);
	expect(l, "\"reason\":\"its content was not kept: too many files came at once\"");
	for (uint32_t i = 2; i <= WARD_GATHER_OPEN + 1; i++) {
		told(l, i);
		look(l, 18 + i);
	}
	finish(l, 19 + WARD_GATHER_OPEN);
}

/* One that ends while cells run leaves none behind. */
static void ended(void **state)
{
	struct lab *l = *state;

	begin(l);
	for (uint32_t i = 1; i <= 4; i++) {
		ward_passed_begin(&l->p, i);
		ward_passed_bytes(&l->p, i, 0, slice(eicar));
		told(l, i);
	}
	assert_int_equal(ward_looker_turn(&l->p.looker), WARD_OK);
	assert_int_equal(l->p.looker.n_cell, WARD_LOOKER_CELLS);
}

/* The test drives it, long before any file's time. */
static ward_ns now = 1000 * WARD_NS_PER_S;

static ward_ns clock_now(void *ctx)
{
	(void)ctx;
	return now;
}

static const struct ward_clock test_clock = {clock_now, clock_now, NULL};

static void watch(struct lab *l, struct ward_watched *w, char *dir)
{
	char path[64];

	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/a", dir);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	assert_int_equal(write(fd, eicar, strlen(eicar)), (ssize_t)strlen(eicar));
	assert_int_equal(close(fd), 0);
	const struct ward_watched_opts o = {.lim = &lim,
		.names = &l->names,
		.looker = &l->p.looker,
		.source = WARD_STR("folder"),
		.folder = {.path = dir, .clock = &test_clock}};

	assert_int_equal(ward_watched_open(w, &o), WARD_OK);
}

static void clear(const char *dir)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/a", dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* However many files of the network wait: a folder's have places of their own, and while it has
 * none it pauses. */
static void beside(void **state)
{
	enum { MANY = WARD_WATCHED_OPEN + 1 };
	struct lab *l = *state;
	char dir[] = "/tmp/ward-watched-XXXXXX";
	struct ward_watched w;

	begin(l);
	for (uint32_t i = 1; i <= MANY; i++) {
		ward_passed_begin(&l->p, i);
		ward_passed_bytes(&l->p, i, 0, slice("harmless"));
		told(l, i);
	}
	assert_int_equal(l->p.n, MANY);
	watch(l, &w, dir);
	w.n = WARD_WATCHED_OPEN; /* as if they waited */
	for (int i = 0; i < 2; i++, now += WARD_FOLDER_EVERY)
		assert_int_equal(ward_watched_turn(&w), WARD_OK);
	assert_int_equal(ward_folder_state(w.folder).n_roomless, 1);
	now -= WARD_FOLDER_EVERY;
	assert_true(ward_folder_wait_ms(w.folder) > 0);
	w.n = 0;
	assert_int_equal(
		ward_watched_turn(&w), WARD_OK); /* there is room again, and so it looks: */
	now += WARD_FOLDER_LEAST;
	assert_int_equal(ward_watched_turn(&w), WARD_OK);
	assert_int_equal(w.n, 1);
	assert_int_equal(l->p.looker.n, MANY + 1);
	finish(l, MANY + 1);
	expect(l, "\"source\":\"folder\"");
	assert_true(!w.n && !l->p.n && ward_watched_idle(&w));
	ward_watched_close(&w);
	clear(dir);
}

/* A piece of a resource comes, and is told. */
static void piece(
	struct lab *l, uint64_t resource, uint64_t from, uint64_t total, struct ward_slice s)
{
	const struct ward_file_range r = {resource, true, from, total};
	static uint32_t number;

	ward_passed_begin(&l->p, ++number);
	ward_passed_bytes(&l->p, number, 0, s);
	assert_int_equal(ward_passed_told(&l->p, number, &r, &l->e), WARD_OK);
}

static void set_field(struct lab *l, const char *name, struct ward_value v)
{
	assert_int_equal(ward_event_set(&l->e, ward_name(&l->names, ward_str_z(name)), v), WARD_OK);
}

static void refuse(const struct lab *l, const char *text)
{
	if (memmem(l->json.p, l->json.len, text, strlen(text)))
		fail_msg("%s in %.*s", text, (int)l->json.len, (const char *)l->json.p);
}

/* In any order, some bytes twice, others of another resource between: one file, as its client has
 * it, told once. */
static void ranges(void **state)
{
	struct lab *l = *state;
	size_t n = strlen(eicar);

	begin(l);
	set_field(l, "http.content_range", ward_value_str(WARD_STR("bytes 40-67/68")));
	set_field(l, "file.part", ward_value_bool(true));
	set_field(l, "file.hash.sha256", ward_value_str(WARD_STR("of the piece")));
	set_field(l, "file.mime_declared", ward_value_str(WARD_STR("text/plain")));
	piece(l, 5, 40, n, slice(eicar + 40));
	piece(l, 6, 0, 9, slice("harm"));
	piece(l, 5, 0, n, ward_slice_of(eicar, 10));
	look(l, 0);
	piece(l, 5, 8, n, ward_slice_of(eicar + 8, 34));
	look(l, 1);
	expect(l, "\"class\":\"file.malicious\"");
	expect(l, "\"file.pieces\":3");
	expect(l, "\"file.complete\":true");
	expect(l, "\"file.total_bytes\":68");
	expect(l, "\"file.bytes\":68");
	expect(l, "\"src_ip\":\"10.1.0.9\"");
	expect(l, "\"file.hash.sha256\":"
		  "\"275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f\"");
	refuse(l, "content_range");
	refuse(l, "file.part\"");
	refuse(l, "differ");
	ward_wr_reset(&l->json);
	piece(l, 6, 4, 9, slice("less!"));
	finish(l, 2);
	expect(l, "\"class\":\"file.clean\"");
	/* all of it at once */
	ward_wr_reset(&l->json);
	piece(l, 7, 0, 4, slice("whol"));
	finish(l, 3);
	expect(l, "\"file.pieces\":1");
	expect(l, "\"file.complete\":true");
}

/* The same place twice with other content is a finding; so is what stays a part. Nothing waits for
 * ever, by the events' times or by a clock. */
static void ranges_differ(void **state)
{
	struct lab *l = *state;

	begin(l);
	piece(l, 5, 0, 8, slice("abcdX"));
	piece(l, 5, 3, 8, slice("defgh"));
	look(l, 2); /* what was there, and the whole with the later ones */
	expect(l, "\"file.bytes\":5,");
	expect(l,
		"9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab"); /* abcdefgh */
	expect(l, "\"file.pieces_differ\":true");
	expect(l, "\"pieces-differ\"");
	expect(l, "\"file.complete\":true");
	ward_wr_reset(&l->json);
	piece(l, 5, 0, 100, slice("front"));
	piece(l, 5, 50, 100, slice("middle"));
	look(l, 2);
	l->e.time += 121 * WARD_NS_PER_S;
	piece(l, 6, 0, 0, slice("of no known length"));
	look(l, 3);
	expect(l, "\"part-only\"");
	expect(l, "\"file.part\":true");
	expect(l, "\"file.bytes\":11");
	expect(l, "\"file.complete\":false");
	ward_wr_reset(&l->json);
	assert_int_equal(ward_passed_tick(&l->p, 1000 * WARD_NS_PER_S), WARD_OK);
	look(l, 4);
	expect(l, "\"file.bytes\":18");
	piece(l, 8, 4, 9, slice("x"));
	assert_int_equal(ward_passed_tick(&l->p, 1119 * WARD_NS_PER_S), WARD_OK);
	look(l, 4);
	assert_int_equal(ward_passed_tick(&l->p, 1121 * WARD_NS_PER_S), WARD_OK);
	look(l, 5);
	piece(l, 8, 4, 9, slice("x"));
	assert_int_equal(ward_passed_end(&l->p), WARD_OK);
	finish(l, 6);
}

/* What a server sends, breaks off, and sends again otherwise is what its client runs: each version
 * of a range is looked at, with what was there of the others. */
static void ranges_again(void **state)
{
	struct lab *l = *state;
	uint64_t whole = strlen(eicar), half = whole / 2, n = 0;
	char rubbish[100];

	begin(l);
	memset(rubbish, 'x', sizeof(rubbish));
	for (unsigned k = 0; k < 3; k++, ward_wr_reset(&l->json)) {
		l->e.id.b[0]++;
		piece(l, 9, 0, 2 * whole, ward_slice_of(rubbish, whole));
		l->e.id.b[0]++;
		piece(l, 9, 0, 2 * whole, slice(eicar));
		if (k == 1) /* and once more */
			piece(l, 9, 0, 2 * whole, ward_slice_of(rubbish, whole));
		if (k == 2) { /* in halves, of which one came before */
			assert_int_equal(ward_passed_end(&l->p), WARD_OK);
			look(l, n + 2);
			n += 2;
			ward_wr_reset(&l->json);
			piece(l, 9, 0, 2 * whole, ward_slice_of(eicar, half));
			piece(l, 9, half, 2 * whole, ward_slice_of(rubbish, 20));
			piece(l, 9, half, 2 * whole, slice(eicar + half));
		}
		assert_int_equal(ward_passed_end(&l->p), WARD_OK);
		n += k == 1 ? 3 : 2;
		look(l, n);
		expect(l, "\"class\":\"file.malicious\"");
		expect(l, "\"pieces-differ\"");
	}
	/* no more versions than are kept: by itself then */
	for (unsigned k = 0; k <= WARD_JOIN_VERSIONS; k++) {
		rubbish[0]++;
		piece(l, 9, 0, 2 * whole, ward_slice_of(rubbish, whole));
	}
	piece(l, 9, 0, 2 * whole, slice(eicar));
	look(l, n + WARD_JOIN_VERSIONS + 1);
	expect(l, "\"class\":\"file.malicious\"");
	assert_int_equal(ward_passed_end(&l->p), WARD_OK);
	finish(l, n + WARD_JOIN_VERSIONS + 2);
}

/* More resources, and more holes, than are kept: the oldest is looked at as it is, and no piece is
 * lost. */
static void ranges_bounded(void **state)
{
	struct lab *l = *state;

	begin(l);
	for (uint64_t i = 1; i <= WARD_JOIN_OPEN + 3; i++) {
		l->e.time++;
		piece(l, i, 0, 9, slice("part"));
	}
	look(l, 4);
	assert_int_equal(ward_passed_end(&l->p), WARD_OK);
	look(l, WARD_JOIN_OPEN + 3);
	for (uint64_t i = 0; i <= WARD_JOIN_SPANS; i++)
		piece(l, 99, 2 * i, 1000, slice("x"));
	look(l, WARD_JOIN_OPEN + 3 + 2);
	/* no longer than file.bytes, and nothing of what there is no room for */
	lim.v[WARD_LIMIT_FILE_BYTES] = 65536;
	l->p.gather.file_max = 65536;
	piece(l, 100, 65530, 0, slice("behind the end"));
	look(l, WARD_JOIN_OPEN + 3 + 3);
	l->p.gather.all_max = 24; /* half of it is for them */
	piece(l, 101, 0, 30, slice("0123456789"));
	piece(l, 101, 10, 30, slice("0123456789"));
	look(l, WARD_JOIN_OPEN + 3 + 5);
	ward_limits_default(&lim);
	assert_int_equal(ward_passed_end(&l->p), WARD_OK);
	finish(l, l->n);
}

/* What is suspicious is kept as it came: the report has the hash of that, too. */
static void came(void *ctx, const struct ward_event *e, const struct ward_inspect_report *r, int fd)
{
	uint8_t buf[64], hash[WARD_INSPECT_HASH];
	ssize_t n = pread(fd, buf, sizeof(buf), 0);

	(void)e;
	assert_true(n > 0 && n < (ssize_t)sizeof(buf));
	ward_sha256(ward_slice_of(buf, (size_t)n), hash);
	assert_memory_equal(ward_report_came(r)->sha256, hash, sizeof(hash));
	assert_memory_not_equal(r->part[0].sha256, hash, sizeof(hash));
	++*(size_t *)ctx;
}

/* What HTTP's codings hold is looked at and hashed, also of pieces, which are of what was coded. */
static void codings(void **state)
{
	struct lab *l = *state;
	static const uint8_t gz[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0xcd, 0x2f, 0x4a, 5,
		0, 0x7c, 0xf2, 0x52, 0x8b, 4, 0, 0, 0};

	size_t n_came = 0;

	begin(l);
	l->p.looker.seen = came;
	l->p.looker.seen_ctx = &n_came;
	set_field(l, "file.encoding", ward_value_str(WARD_STR("gzip")));
	ward_passed_begin(&l->p, 1);
	ward_passed_bytes(&l->p, 1, 0, ward_slice_of(gz, sizeof(gz)));
	told(l, 1);
	look(l, 1);
	expect(l, "\"file.decoded\":true");
	expect(l, "\"file.encoded_bytes\":24");
	expect(l, "\"file.bytes\":4,");
	ward_wr_reset(&l->json);
	piece(l, 5, 0, sizeof(gz), ward_slice_of(gz, 12));
	piece(l, 5, 12, sizeof(gz), ward_slice_of(gz + 12, 12));
	finish(l, 2);
	expect(l, "\"file.decoded\":true");
	expect(l, "\"file.bytes\":4,");
	expect(l, "\"file.pieces\":2");
	assert_int_equal(n_came, 2);
}

/* The sensor undid the coding for its own event: what came is looked at all the same, and nothing
 * of that event is said of it where the coding can't be undone. Of what did not all come the
 * content is. */
static void codings_undone_before(void **state)
{
	struct lab *l = *state;
	static const uint8_t gz[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0xcd, 0x2f, 0x4a, 5,
		0, 0x7c, 0xf2, 0x52, 0x8b, 4, 0, 0, 0, 'x'};
	static const struct {
		size_t len, bytes;
		bool complete;
		const char *end, *says, *not ;
	} row[] = {{24, 24, true, "whole", "\"file.decoded\":true", "damaged\""},
		{25, 25, false, "damaged", "\"damaged\"", "file.decoded"},
		{25, 25, false, "damaged", "\"file.bytes\":25", "encoded_bytes"},
		{15, 15, false, "closed", "\"file.decoded\":true", "damaged\""},
		/* less came than was sent, though more than its content */
		{15, 24, true, "whole", "\"class\":\"file.unlooked\"", "file.clean"}};

	begin(l);
	set_field(l, "file.encoding", ward_value_str(WARD_STR("gzip")));
	set_field(l, "file.decoded", ward_value_bool(true));
	says(l, "file.bytes", 4);
	for (uint32_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		l->e.id.b[0]++;
		says(l, "file.encoded_bytes", (int64_t)row[i].bytes);
		set_field(l, "file.complete", ward_value_bool(row[i].complete));
		set_field(l, "file.end", ward_value_str(ward_str_z(row[i].end)));
		ward_passed_begin(&l->p, i + 1);
		ward_passed_bytes(&l->p, i + 1, 0, ward_slice_of(gz, row[i].len));
		told(l, i + 1);
		finish(l, i + 1);
		expect(l, row[i].says);
		refuse(l, row[i].not );
		ward_wr_reset(&l->json);
	}
}

static int n_blocking, n_connect;

/* Instead of libc's: it does the same, and sees whether who asks would wait. */
int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t len)
{
	n_connect++;
	n_blocking += !(fcntl(fd, F_GETFL) & O_NONBLOCK);
	return (int)syscall(SYS_connect, fd, to.__sockaddr__, len);
}

/* A daemon of ClamAV that stands, and takes no more connections: nobody waits for it. */
static void clamd_stands(void **state)
{
	struct lab *l = *state;
	char dir[] = "/tmp/ward-clamd-XXXXXX";
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd[64], n = 0, door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_non_null(mkdtemp(dir));
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/a", dir);
	assert_int_equal(bind(door, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(door, 0), 0);
	do /* until its backlog is full */
		fd[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	while (connect(fd[n], (const struct sockaddr *)&at, sizeof(at)) == 0 && ++n < 63);
	assert_true(n < 63);
	begin(l);
	l->p.looker.cell.clamd = at.sun_path;
	n_connect = n_blocking = 0;
	ward_passed_begin(&l->p, 1);
	ward_passed_bytes(&l->p, 1, 0, slice(eicar));
	told(l, 1);
	finish(l, 1);
	expect(l, "\"class\":\"file.malicious\"");
	/* and that it was not asked is said */
	const struct ward_inspect_said said = {.name = WARD_STR("a")};
	struct ward_inspect_report report;
	int file = memfd_create("a", MFD_CLOEXEC);

	ward_report_init(&report, &l->arena);
	assert_int_equal(ward_inspect_file(&l->p.looker.cell, file, &said, &report), WARD_OK);
	assert_int_equal(report.clam, WARD_CLAM_FAILED);
	ward_report_fini(&report);
	assert_int_equal(close(file), 0);
	assert_int_equal(n_connect, 2);
	assert_int_equal(n_blocking, 0);
	while (n >= 0)
		assert_int_equal(close(fd[n--]), 0);
	assert_int_equal(close(door), 0);
	clear(dir);
}

static int load(void **state)
{
	const char *root = getenv("WARD_SOURCE_ROOT");
	char content[4096];
	struct ward_diag diag;

	(void)state;
	assert_non_null(root);
	(void)snprintf(content, sizeof(content), "%s/content", root);
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_inspect_in in = {.content = content, .lim = &lim, .diag = &diag};

	assert_int_equal(ward_inspector_load(&in, &with), WARD_OK);
	ward_diag_fini(&diag);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	ward_inspector_free(with);
	return 0;
}

/* Who looks at files is caged when it ends, and comes to its end. */
static void ends_caged(void **state)
{
	const struct ward_sandbox s = {.cage = WARD_CAGE_FOLLOW | WARD_CAGE_CELLS,
		.uid = getuid(),
		.gid = getgid(),
		.n_descriptor_max = 64};
	int status = -1;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		struct ward_inspect_cell cell = {.with = with, .lim = &lim};
		const char *step = NULL;
		int abi;

		if (ward_inspect_ready(&cell) || ward_sandbox_enter(&s, &abi, &step))
			_exit(1);
		ward_inspect_done(&cell);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(pieces), T(same), T(hole), T(cut), T(flood), T(untold),
		T(limits), T(ended), T(beside), T(ranges), T(ranges_differ), T(ranges_again),
		T(ranges_bounded), T(codings), T(codings_undone_before), T(clamd_stands),
		cmocka_unit_test(ends_caged)};

	return cmocka_run_group_tests(tests, load, unload);
}
