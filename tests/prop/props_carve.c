#include "props_carve.h"

#include "sense/net/sensor.h"

/* A file in pieces, in any order, some of them again or never, against what its sink is told. The
 * sensor has room for 16 KiB that came early. */
enum { LEN_MAX = 40000, STEPS_MAX = 64, PIECE_MAX = 4000 };

struct run {
	struct ward_net *net;
	uint8_t byte[LEN_MAX]; /* the file */
	bool came[LEN_MAX];
	size_t len;
	uint64_t at, seen, sent, missing; /* as the sink was told */
	bool right, begun, ended;
	struct ward_file_result result;
};

static struct ward_names names;
static struct run run;

static void on_begin(void *ctx, uint32_t number, const struct ward_file_ends *ends,
	const struct ward_file_meta *m)
{
	struct run *r = ctx;

	(void)ends;
	r->right &= number && !r->begun && m->n_note == 1;
	r->begun = true;
}

static void on_bytes(void *ctx, uint32_t number, uint64_t off, struct ward_slice bytes)
{
	struct run *r = ctx;

	r->right &= number && r->begun && !r->ended && off == r->at && bytes.len &&
		    bytes.len <= r->len - off && memcmp(bytes.p, r->byte + off, bytes.len) == 0;
	for (size_t i = 0; r->right && i < bytes.len; i++)
		r->right &= r->came[off + i];
	r->at += bytes.len;
	r->seen += bytes.len;
}

/* What is not decoded is sent as it is: each piece before it is content. */
static void on_sent(void *ctx, uint32_t number, uint64_t off, struct ward_slice bytes)
{
	struct run *r = ctx;

	r->right &= number && r->begun && !r->ended && off == r->at && bytes.len &&
		    bytes.len <= r->len - off && memcmp(bytes.p, r->byte + off, bytes.len) == 0;
	r->sent += bytes.len;
}

static void on_gap(void *ctx, uint32_t number, uint64_t off, uint64_t len)
{
	struct run *r = ctx;

	r->right &= number && r->begun && !r->ended && off == r->at && len && len <= r->len - off;
	r->at += len;
	r->missing += len;
}

static void on_end(void *ctx, uint32_t number, const struct ward_file_result *result)
{
	struct run *r = ctx;

	r->right &= number && r->begun && !r->ended;
	r->ended = true;
	r->result = *result;
}

static const struct ward_file_sink sink = {on_begin, on_bytes, on_sent, on_gap, on_end, NULL, &run};

/* One sensor for all runs: what a run leaves behind would show in the next. */
static void begin(struct ward_rd *in)
{
	static struct ward_frame frame;
	static struct ward_net *net;
	struct ward_net_opts opts = {.source = WARD_STR("prop")};
	struct ward_limits lim;

	if (!net) {
		ward_limits_default(&lim);
		lim.v[WARD_LIMIT_NET_FLOWS] = 16;
		lim.v[WARD_LIMIT_NET_HOSTS] = 8;
		lim.v[WARD_LIMIT_NET_STREAM_BYTES] = 65536;
		lim.v[WARD_LIMIT_NET_STREAM_SIDE] = 4096;
		WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
		WARD_ASSERT(ward_net_new(ward_mem_heap(), &lim, &names, &opts, &net) == WARD_OK);
		ward_net_files(net, &sink);
		net->frame = &frame;
	}
	memset(run.came, 0, sizeof(run.came));
	run.net = net;
	run.len = prop_below(in, LEN_MAX) + 1;
	run.at = run.seen = run.sent = run.missing = 0;
	run.right = true;
	run.begun = run.ended = false;
	for (size_t i = 0; i < run.len; i++)
		run.byte[i] = (uint8_t)(i * 167 ^ i >> 8);
}

static uint32_t open_file(struct ward_carve_list *list)
{
	struct ward_packet p = {.has_ip = true, .ip_version = 4};
	struct ward_dissect d = {.net = run.net, .packet = &p, .from_client = true, .files = list};
	struct ward_file_meta m = {.service = "prop"};

	ward_file_note(&m, WARD_FIELD_FILE_NAME, WARD_STR("a"));
	return ward_carve_begin(&d, &m);
}

static void give(uint32_t number, size_t off, size_t len)
{
	uint8_t *exact = malloc(len);

	WARD_ASSERT(exact);
	memcpy(exact, run.byte + off, len);
	memset(run.came + off, true, len);
	ward_carve_bytes(run.net, number, off, ward_slice_of(exact, len));
	free(exact);
}

/* Of the first so many bytes. */
static bool sum_is_right(uint64_t len)
{
	uint8_t sum[WARD_SHA256_BYTES];

	return ward_digest_sha256(ward_slice_of(run.byte, (size_t)len), sum) &&
	       memcmp(sum, run.result.sums.sha256, sizeof(sum)) == 0;
}

/* Bytes and gaps follow one another without a hole, and the result is what they say. */
static bool files_are_told(struct ward_rd *in)
{
	struct ward_carve_list list = {NULL};

	begin(in);
	uint32_t number = open_file(&list);

	for (size_t i = 0; i < STEPS_MAX && ward_rd_left(in); i++) {
		size_t off = prop_below(in, run.len), len = prop_below(in, PIECE_MAX) + 1;

		len = len < run.len - off ? len : run.len - off;
		if (prop_below(in, 8) == 0)
			ward_carve_gap(run.net, number, off, len);
		else
			give(number, off, len);
	}
	if (prop_below(in, 2))
		ward_carve_leave(run.net, &list);
	else
		ward_carve_end(run.net, &number, WARD_FILE_WHOLE);
	ward_carve_tell(run.net);
	return run.right && run.ended && !list.first && run.result.seen == run.seen &&
	       run.sent == run.seen && run.result.sent == run.sent &&
	       run.result.missing == run.missing &&
	       run.result.hashed == (run.seen && !run.missing) &&
	       (!run.result.hashed || sum_is_right(run.at)) &&
	       run.result.front == (run.missing && run.result.missing_at) &&
	       (!run.result.front || sum_is_right(run.result.missing_at)) &&
	       run.net->carve.chunks.n == 0 && run.net->carve.n_hash == run.net->carve.n_hash_max;
}

/* However it is cut, and whatever comes early as far as there is room: the same file. */
static bool cuts_do_not_matter(struct ward_rd *in)
{
	struct ward_carve_list list = {NULL};
	size_t at = 0;

	begin(in);
	uint32_t number = open_file(&list);

	while (at < run.len) {
		size_t a = prop_below(in, PIECE_MAX) + 1, b = prop_below(in, PIECE_MAX) + 1;

		a = a < run.len - at ? a : run.len - at;
		b = b < run.len - at - a ? b : run.len - at - a;
		if (b && prop_below(in, 2))
			give(number, at + a, b);
		give(number, at, a);
		if (b && prop_below(in, 2))
			give(number, at + a / 2, a - a / 2 + b);
		at += a;
	}
	ward_carve_total(run.net, number, run.len);
	ward_carve_end(run.net, &number, WARD_FILE_WHOLE);
	ward_carve_tell(run.net);
	return run.right && run.ended && run.at == run.len && run.result.complete &&
	       run.result.hashed && sum_is_right(run.at);
}

static const struct prop props[] = {
	{"files_are_told", files_are_told},
	{"cuts_do_not_matter", cuts_do_not_matter},
};

const struct prop *props_carve(size_t *ret_n)
{
	*ret_n = WARD_ARRAY_LEN(props);
	return props;
}
