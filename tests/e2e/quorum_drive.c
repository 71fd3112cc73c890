/* The journal's calls on a database, one a line, for tests that hurt its servers.
 *
 * usage: quorum_drive URI [alone] [trust=FILE] [password=TEXT] [deadline=MS]
 * claim | append SEQ N BYTES [DAYS] | read FROM MOST | ack NAME SEQ | position NAME | forget LANE
 * FIRST LAST | erase SEQ … | memory SIZE | remember | all; answers "ok …", or the error's name, the
 * fault's name and why. A record holds "SEQ:" and then letters up to BYTES; evidence, but each
 * fourth, which is telemetry; of today, or so many days later. A brain's memory of SIZE bytes goes
 * in pieces, a record between each two; remember says how many bytes are there, once they are what
 * went. */
#include "quorum/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE = 4096, MOST = 65536, BYTES = 64 << 10, NAME = 32, TEXT = 32 << 20, PIECE = 128 << 10 };

static struct ward_record rec[MOST];
static char text[TEXT];

static void fail(const struct ward_quorum *q, enum ward_err err)
{
	printf("%s %s %s\n", ward_err_name(err), ward_quorum_words(ward_quorum_fault(q))->name,
		ward_quorum_why(q));
}

static void claim(struct ward_quorum *q)
{
	struct ward_quorum_head h;
	enum ward_err err = ward_quorum_claim(q, &h);
	struct ward_str host = ward_quorum_host(q);

	if (err)
		fail(q, err);
	else
		printf("ok %" PRIu64 " %" PRIu64 " %" PRIu64 " %.*s\n", h.epoch, h.next, h.last,
			WARD_STR_ARG(host));
}

/* later: than now. */
static void append(struct ward_quorum *q, uint64_t seq, size_t n, size_t len, ward_ns later)
{
	enum ward_err err;

	len = len < NAME ? NAME : len > BYTES ? BYTES : len;
	n = n > MOST ? MOST : n > TEXT / len ? TEXT / len : n;
	for (size_t i = 0; i < n; i++) {
		char *p = text + i * len;
		int at = snprintf(p, NAME, "%" PRIu64 ":", seq + i);

		memset(p + at, 'x', len - (size_t)at);
		rec[i] = (struct ward_record){.seq = seq + i,
			.time = ward_clock_now(ward_clock_system()) + later,
			.lane = (seq + i) % 4 ? WARD_LANE_EVIDENCE : WARD_LANE_TELEMETRY,
			.type = WARD_RECORD_EVENT,
			.source = 7,
			.data = ward_slice_of(p, len > NAME ? len : (size_t)at)};
	}
	err = ward_quorum_append(q, rec, n);
	if (err)
		fail(q, err);
	else
		printf("ok %" PRIu64 "\n", seq + n);
}

static bool show(void *ctx, const struct ward_record *r)
{
	(void)ctx;
	printf("r %" PRIu64 " %d %u %u %.*s\n", r->seq, (int)r->lane, r->type, r->source,
		(int)(r->data.len > NAME ? NAME : r->data.len), (const char *)r->data.p);
	return true;
}

static void told(const struct ward_quorum *q, enum ward_err err, uint64_t n)
{
	if (err)
		fail(q, err);
	else
		printf("ok %" PRIu64 "\n", n);
}

static void erase(struct ward_quorum *q, char *words)
{
	static uint64_t seq[MOST];
	size_t n = 0;

	for (char *end; n < MOST; words = end) {
		uint64_t v = strtoull(words, &end, 10);

		if (end == words)
			break;
		seq[n++] = v;
	}
	told(q, ward_quorum_erase(q, seq, n), n);
}

/* What no server can make smaller; the same each time. */
static uint8_t memory[TEXT];

static void make_memory(void)
{
	uint64_t x = 88172645463325252;

	for (size_t i = 0; i < sizeof(memory); i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		memory[i] = (uint8_t)x;
	}
}

static void remembers(struct ward_quorum *q, size_t size)
{
	struct ward_store_checkpoint c = {.seq = ward_quorum_next(q) - 1, .size = size};
	const struct ward_quorum_part part = {.position = c.seq};
	struct ward_quorum_rows there;
	enum ward_err err = ward_quorum_rows_head(q, &there);

	make_memory();
	if (!err)
		err = ward_quorum_rows_put(q, &part);
	there.position = c.seq;
	for (size_t off = 0; !err && off < size; off += PIECE) {
		const struct ward_quorum_piece p = {.of = &c,
			.off = off,
			.bytes = ward_slice_of(
				memory + off, size - off < PIECE ? size - off : PIECE)};

		rec[0] = (struct ward_record){.seq = ward_quorum_next(q),
			.time = ward_clock_now(ward_clock_system()),
			.type = WARD_RECORD_EVENT,
			.source = 7};
		err = ward_quorum_memory_put(q, &there, &p);
		if (!err)
			err = ward_quorum_append(q, rec, 1);
	}
	told(q, err, ward_quorum_next(q));
}

static bool is_same(void *ctx, struct ward_slice bytes)
{
	size_t *off = ctx;

	if (bytes.len > sizeof(memory) - *off || memcmp(memory + *off, bytes.p, bytes.len) != 0)
		return false;
	*off += bytes.len;
	return true;
}

static void remember(struct ward_quorum *q)
{
	struct ward_store_checkpoint c;
	enum ward_err err = ward_quorum_memory(q, &c);
	size_t n = 0;

	make_memory();
	if (!err)
		err = ward_quorum_memory_read(q, is_same, &n);
	if (!err && n != c.size)
		err = WARD_ERR_CORRUPT;
	told(q, err, n);
}

static bool counted(void *ctx, const struct ward_record *r)
{
	uint64_t *n = ctx;

	(*n)++;
	return r->seq > 0;
}

/* What the server counted before, and what came, is the same. */
static void all(struct ward_quorum *q)
{
	struct ward_quorum_all a;
	uint64_t n = 0;
	enum ward_err err = ward_quorum_read_all(q, counted, &n, &a);

	if (!err && n != a.n)
		err = WARD_ERR_CORRUPT;
	told(q, err, n);
}

static void position(struct ward_quorum *q, const char *name)
{
	uint64_t n = 0;
	enum ward_err err = ward_quorum_position(q, ward_str_z(name), &n);

	told(q, err, n);
}

static void one(struct ward_quorum *q, char *line)
{
	uint64_t a = 0, b = 0, c = 0, days = 0;
	char name[NAME] = "";
	int lane = 0;

	if (strncmp(line, "claim", 5) == 0)
		claim(q);
	else if (sscanf(line, "append %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &a, &b, &c,
			 &days) >= 3)
		append(q, a, (size_t)b, (size_t)c, (ward_ns)days * 24 * 3600 * WARD_NS_PER_S);
	else if (sscanf(line, "read %" SCNu64 " %" SCNu64, &a, &b) == 2)
		told(q, ward_quorum_read(q, a, (size_t)b, show, NULL), 0);
	else if (sscanf(line, "ack %31s %" SCNu64, name, &a) == 2)
		told(q, ward_quorum_ack(q, ward_str_z(name), a), a);
	else if (sscanf(line, "position %31s", name) == 1)
		position(q, name);
	else if (sscanf(line, "forget %d %" SCNu64 " %" SCNu64, &lane, &a, &b) == 3)
		told(q, ward_quorum_forget(q, (enum ward_lane)lane, a, b), b);
	else if (sscanf(line, "memory %" SCNu64, &a) == 1 && a && a <= TEXT)
		remembers(q, (size_t)a);
	else if (strncmp(line, "all", 3) == 0)
		all(q);
	else if (strncmp(line, "remember", 8) == 0)
		remember(q);
	else if (strncmp(line, "erase ", 6) == 0)
		erase(q, line + 6);
	else
		printf("what?\n");
}

int main(int argc, char **argv)
{
	struct ward_quorum_where where;
	struct ward_quorum_options o = {.where = &where,
		.deadline = 3 * WARD_NS_PER_S,
		.clock = ward_clock_system(),
		.mem = ward_mem_heap()};
	struct ward_quorum *q;
	static char line[LINE];
	const char *why = "usage: quorum_drive URI …";

	if (argc < 2 || ward_quorum_where_read(ward_str_z(argv[1]), &where, &why) != WARD_OK) {
		fprintf(stderr, "%s\n", why);
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "alone") == 0)
			o.alone = true;
		else if (strncmp(argv[i], "trust=", 6) == 0)
			o.trust = argv[i] + 6;
		else if (strncmp(argv[i], "password=", 9) == 0)
			o.password = argv[i] + 9;
		else if (strncmp(argv[i], "deadline=", 9) == 0)
			o.deadline = strtoll(argv[i] + 9, NULL, 10) * WARD_NS_PER_MS;
	}
	if (ward_quorum_open(&o, &q) != WARD_OK)
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		one(q, line);
		(void)fflush(stdout);
	}
	ward_quorum_close(q);
	return 0;
}
