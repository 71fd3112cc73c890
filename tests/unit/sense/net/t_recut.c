/* What the sensor says of a TCP connection does not hang on where its segments are cut: captures
 * whose segments are cut into pieces tell the same, each direction alone gives a flow the same name
 * or none.
 * usage: t_recut [-v] FILE... (without: a selection of the public captures) */
#include "sense/net/capture.h"
#include "sense/net/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "recut_files.h"

enum { LINES = 1 << 18, TEXT = 256 << 20, JSON = 4 << 20, FRAME = 1 << 18, CONNECTIONS = 8192 };

enum direction { BOTH, LOW, HIGH }; /* from the lower address and port, from the higher */

static const struct way {
	size_t piece; /* 0: as they are */
	enum direction direction;
} ways[] = {{1, BOTH}, {5, BOTH}, {20, BOTH}, {36, BOTH}, {48, BOTH}, {0, LOW}, {0, HIGH}};

/* A run's events and flows, a text each. */
struct told {
	struct ward_names names;
	struct ward_wr text, json;
	size_t at[LINES]; /* of the text */
	size_t n;
};

static struct told whole, other;
static uint8_t bytes[FRAME];
static size_t n_begun;
static bool verbose;

static const char *line_of(const struct told *t, size_t i)
{
	return (const char *)t->text.p + t->at[i];
}

static struct ward_str between(struct ward_str s, const char *from, const char *to)
{
	const char *begin = memmem(s.p, s.len, from, strlen(from));

	if (!begin)
		return (struct ward_str){s.p, 0};
	size_t left = s.len - (size_t)(begin - s.p);
	const char *end = memmem(begin, left, to, strlen(to));

	return (struct ward_str){begin, end ? (size_t)(end - begin) : left};
}

/* Without what is of the segments: numbers and counts of packets, where in a payload something
 * stands. */
static void put_line(struct told *t, struct ward_str json)
{
	bool flow = memmem(json.p, json.len, "\"net.flow\"", 10) != NULL;

	if (flow) {
		ward_wr_str(&t->text, between(json, "\"class\"", "\"fields\""));
		ward_wr_str(&t->text, between(json, "\"src_ip\"", "\"proto\""));
		ward_wr_str(&t->text, between(json, "\"service\"", ","));
		ward_wr_str(&t->text, between(json, "\"service_expected\"", ","));
		return;
	}
	ward_wr_str(&t->text, between(json, "\"class\"", "\"offset\""));
}

static bool is_of_interest(struct ward_str class)
{
	static const char *const not [] = {"net.host", "net.arp", "net.loss", "net.host.moved"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(not ); i++)
		if (ward_str_eqz(class, not [i]))
			return false;
	return true;
}

/* Whether somebody got in by SSH is guessed from the sizes of segments. */
static bool is_guess(struct ward_str json)
{
	return between(json, "\"net.login\"", ",").len &&
	       between(json, "\"service\":\"ssh\"", ",").len;
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct told *t = ctx;

	if (!is_of_interest(ward_name_text(&t->names, e->class)))
		return WARD_OK;
	ward_wr_reset(&t->json);
	ward_event_write_json(e, &t->names, &t->json);
	if (is_guess(ward_wr_text(&t->json)))
		return WARD_OK;
	WARD_ASSERT(t->n < LINES);
	t->at[t->n++] = t->text.len;
	put_line(t, ward_wr_text(&t->json));
	ward_wr_u8(&t->text, 0);
	WARD_ASSERT(!ward_wr_bad(&t->text) && !ward_wr_bad(&t->json));
	return WARD_OK;
}

/* Where its IP header begins; 0 of a frame that is left as it is, SIZE_MAX of one without. */
static size_t ip_at(const struct ward_frame *f)
{
	size_t off = f->link == WARD_LINK_ETHERNET ? 14 : 0;

	if (f->link == WARD_LINK_SLL)
		return 16;
	if (f->link == WARD_LINK_NULL || f->link == WARD_LINK_LOOP)
		return 4;
	while (off && off + 2 < f->bytes.len && f->bytes.p[off - 2] == 0x81 && !f->bytes.p[off - 1])
		off += 4;
	return off;
}

static bool in_direction(const struct ward_packet *p, enum direction direction)
{
	if (direction == BOTH || p->proto != WARD_PROTO_TCP)
		return true;
	int diff = memcmp(p->src_ip, p->dst_ip, sizeof(p->src_ip));

	diff = diff ? diff : (int)p->src_port - p->dst_port;
	return direction == LOW ? diff < 0 : diff > 0;
}

/* Can its payload be cut? */
static bool is_whole_segment(const struct ward_frame *f, const struct ward_packet *p, size_t at)
{
	unsigned version = at < f->bytes.len ? f->bytes.p[at] >> 4 : 0;

	return p->has_transport && p->proto == WARD_PROTO_TCP && !p->n_tunnel && !p->fragment &&
	       !p->payload_snapped && p->payload.len == p->payload_len && version &&
	       version == p->ip_version && !(p->tcp_flags & WARD_TCP_SYN) &&
	       (version == 4 || f->bytes.p[at + 6] == WARD_PROTO_TCP) && f->bytes.len <= FRAME &&
	       (f->link == WARD_LINK_ETHERNET || f->link == WARD_LINK_RAW ||
		       f->link == WARD_LINK_SLL || f->link == WARD_LINK_NULL ||
		       f->link == WARD_LINK_LOOP);
}

static void set16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* The piece of the segment from `from` on. */
static struct ward_frame piece_of(
	const struct ward_frame *f, const struct ward_packet *p, size_t at, size_t from, size_t len)
{
	size_t head = (size_t)(p->payload.p - f->bytes.p);
	uint8_t *ip = bytes + at, *tcp = ip + (p->ip_version == 4 ? (ip[0] & 15) * 4 : 40);
	uint32_t seq = p->tcp_seq + (uint32_t)from;
	struct ward_frame piece = *f;

	memmove(bytes + head, p->payload.p + from, len);
	set16(ip + (p->ip_version == 4 ? 2 : 4), head - at + len - (p->ip_version == 4 ? 0 : 40));
	set16(tcp + 4, seq >> 16);
	set16(tcp + 6, seq & 0xffff);
	tcp[13] = (uint8_t)(from + len < p->payload.len ? p->tcp_flags & ~WARD_TCP_FIN
							: p->tcp_flags);
	piece.bytes = ward_slice_of(bytes, head + len);
	piece.len = head + len;
	return piece;
}

/* Connections whose begin is in the capture: of others it is not known where a message begins. */
static bool is_begun(const struct ward_packet *p)
{
	static struct {
		uint8_t ip[2][16];
		uint16_t port[2];
	} begun[CONNECTIONS];
	unsigned low =
		memcmp(p->src_ip, p->dst_ip, 16) < 0 ||
				(memcmp(p->src_ip, p->dst_ip, 16) == 0 && p->src_port < p->dst_port)
			? 0
			: 1;
	const uint8_t *ip[2] = {p->src_ip, p->dst_ip};
	uint16_t port[2] = {p->src_port, p->dst_port};

	for (size_t i = 0; i < n_begun; i++)
		if (memcmp(begun[i].ip[0], ip[low], 16) == 0 &&
			memcmp(begun[i].ip[1], ip[!low], 16) == 0 &&
			begun[i].port[0] == port[low] && begun[i].port[1] == port[!low]) {
			if (p->tcp_flags & WARD_TCP_RST)
				begun[i] = begun[--n_begun];
			return !(p->tcp_flags & WARD_TCP_RST);
		}
	if (!(p->tcp_flags & WARD_TCP_SYN) || n_begun == CONNECTIONS)
		return false;
	for (unsigned k = 0; k < 2; k++) {
		memcpy(begun[n_begun].ip[k], ip[k ? !low : low], 16);
		begun[n_begun].port[k] = port[k ? !low : low];
	}
	n_begun++;
	return true;
}

static void see(struct ward_net *n, struct ward_frame *f, struct way way, uint64_t *seq,
	const struct ward_net_sink *sink)
{
	static uint64_t count[WARD_NET_COUNTER_N];
	struct ward_packet p;
	size_t at = ip_at(f);

	ward_packet_decode(f, &p, count);
	if (!in_direction(&p, way.direction))
		return;
	bool begun = p.proto == WARD_PROTO_TCP && is_begun(&p);

	if (!way.piece || !begun || p.payload.len <= way.piece || !is_whole_segment(f, &p, at)) {
		f->seq = (*seq)++;
		WARD_ASSERT(ward_net_packet(n, f, sink) == WARD_OK);
		return;
	}
	memcpy(bytes, f->bytes.p, f->bytes.len);
	for (size_t from = 0; from < p.payload.len; from += way.piece) {
		size_t left = p.payload.len - from;
		struct ward_frame piece =
			piece_of(f, &p, at, from, left < way.piece ? left : way.piece);

		piece.seq = (*seq)++;
		WARD_ASSERT(ward_net_packet(n, &piece, sink) == WARD_OK);
	}
}

static int by_text(const void *a, const void *b, void *ctx)
{
	const struct told *t = ctx;
	const char *p = (const char *)t->text.p;

	return strcmp(p + *(const size_t *)a, p + *(const size_t *)b);
}

static bool run(const char *path, struct way way, struct told *t)
{
	struct ward_net_opts opts = {.source = WARD_STR("test")};
	struct ward_net_sink sink = {put, t};
	struct ward_limits lim;
	struct ward_capture *c;
	struct ward_frame f;
	struct ward_net *n;
	uint64_t seq = 0;

	ward_wr_reset(&t->text);
	t->n = n_begun = 0;
	if (ward_capture_open(ward_mem_heap(), path, NULL, &c) != WARD_OK)
		return false;
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_NET_FLOWS] = lim.v[WARD_LIMIT_NET_STREAMS] = 4096;
	lim.v[WARD_LIMIT_NET_HOSTS] = lim.v[WARD_LIMIT_NET_STATES] = 4096;
	lim.v[WARD_LIMIT_NET_STREAM_BYTES] = 16 << 20;
	WARD_ASSERT(ward_names_init(&t->names, ward_mem_heap(), &lim) == WARD_OK);
	WARD_ASSERT(ward_net_new(ward_mem_heap(), &lim, &t->names, &opts, &n) == WARD_OK);
	while (ward_capture_next(c, &f) == WARD_OK)
		see(n, &f, way, &seq, &sink);
	WARD_ASSERT(ward_net_flush(n, &sink) == WARD_OK);
	ward_net_free(n);
	ward_names_fini(&t->names);
	ward_capture_close(c);
	qsort_r(t->at, t->n, sizeof(t->at[0]), by_text, t);
	return true;
}

static size_t differs(const char *sign, const char *line)
{
	if (verbose)
		printf("  %s %.400s\n", sign, line);
	return 1;
}

/* Every event is there, and no other. */
static size_t compare(void)
{
	size_t i = 0, k = 0, n = 0;

	while (i < whole.n || k < other.n) {
		int diff = i == whole.n   ? 1
			   : k == other.n ? -1
					  : strcmp(line_of(&whole, i), line_of(&other, k));

		if (diff < 0)
			n += differs("-", line_of(&whole, i));
		else if (diff > 0)
			n += differs("+", line_of(&other, k));
		i += diff <= 0;
		k += diff >= 0;
	}
	return n;
}

struct ends {
	char ip[2][48];
	unsigned port[2];
	char service[64];
};

static bool ends_of(const char *line, struct ends *e)
{
	const char *at = strstr(line, "\"src_ip\"");

	const char *service = strstr(line, "\"service\":");
	const char *expected = strstr(line, "\"service_expected\":");

	e->service[0] = 0;
	if (service)
		(void)sscanf(service, "\"service\":\"%63[^\"]", e->service);
	else if (expected) /* one on its port, of which too little is there */
		(void)sscanf(expected, "\"service_expected\":\"%63[^\"]", e->service);
	return strstr(line, "\"net.flow\"") && at &&
	       sscanf(at,
		       "\"src_ip\":\"%47[^\"]\",\"dst_ip\":\"%47[^\"]\",\"src_port\":%u,\"dst_"
		       "port\":%u",
		       e->ip[0], e->ip[1], &e->port[0], &e->port[1]) == 4;
}

/* Which side opened it may be seen otherwise. */
static bool same_ends(const struct ends *a, const struct ends *b, unsigned turn)
{
	return strcmp(a->ip[0], b->ip[turn]) == 0 && strcmp(a->ip[1], b->ip[!turn]) == 0 &&
	       a->port[0] == b->port[turn] && a->port[1] == b->port[!turn];
}

/* "smtp" in "smtp,tls": of what was handed over one side may show less. */
static bool is_part(const char *name, const char *of)
{
	char with[128], part[128];

	(void)snprintf(with, sizeof(with), ",%s,", of);
	(void)snprintf(part, sizeof(part), ",%s,", name);
	return strstr(with, part) != NULL;
}

static bool is_named(const struct ends *e)
{
	struct ends of;

	for (size_t i = 0; i < whole.n; i++)
		if (ends_of(line_of(&whole, i), &of) &&
			(same_ends(e, &of, 0) || same_ends(e, &of, 1)) && of.service[0] &&
			is_part(e->service, of.service))
			return true;
	return false;
}

/* A flow has the same name, or none. */
static size_t compare_names(void)
{
	struct ends e;
	size_t n = 0;

	for (size_t k = 0; k < other.n; k++)
		if (ends_of(line_of(&other, k), &e) && e.service[0] &&
			strstr(line_of(&other, k), "\"service\":") && !is_named(&e))
			n += differs("+", line_of(&other, k));
	return n;
}

static size_t one_file(const char *path, const char *why)
{
	size_t n_bad = 0;

	if (!run(path, (struct way){0, BOTH}, &whole)) {
		printf("%s: can't be read\n", path);
		return 1;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(ways); i++) {
		WARD_ASSERT(run(path, ways[i], &other));
		size_t bad = compare_names();

		if (ways[i].piece && !why)
			bad += compare();
		if (bad)
			printf("%s: %zu differ %s %zu\n", path, bad,
				ways[i].piece ? "in pieces of" : "in direction",
				ways[i].piece ? ways[i].piece : ways[i].direction);
		n_bad += bad;
	}
	return n_bad;
}

static size_t selection(const char *data)
{
	size_t n_bad = 0;
	char path[4096];

	for (size_t i = 0; i < WARD_ARRAY_LEN(files); i++) {
		(void)snprintf(path, sizeof(path), "%s/pcaps/%s", data, files[i]);
		n_bad += one_file(path, NULL);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++) {
		(void)snprintf(path, sizeof(path), "%s/pcaps/%s", data, known[i].file);
		n_bad += one_file(path, known[i].why);
	}
	return n_bad;
}

int main(int argc, char **argv)
{
	const char *data = getenv("WARD_SHARED_DATA");
	struct told *both[] = {&whole, &other};
	char dir[4096];
	size_t n_bad = 0;

	if (argc == 1 &&
		(!data || snprintf(dir, sizeof(dir), "%s/pcaps", data) >= (int)sizeof(dir) ||
			access(dir, R_OK) != 0)) {
		puts("skipped: no captures in $WARD_SHARED_DATA/pcaps");
		return 77;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(both); i++) {
		both[i]->text = ward_wr_grow(ward_mem_heap(), TEXT);
		both[i]->json = ward_wr_grow(ward_mem_heap(), JSON);
	}
	if (argc == 1)
		n_bad = selection(data);
	for (int i = 1; i < argc; i++) {
		verbose |= strcmp(argv[i], "-v") == 0;
		if (strcmp(argv[i], "-v") != 0)
			n_bad += one_file(argv[i], NULL);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(both); i++) {
		ward_wr_fini(&both[i]->text);
		ward_wr_fini(&both[i]->json);
	}
	printf("%zu differ\n", n_bad);
	return n_bad != 0;
}
