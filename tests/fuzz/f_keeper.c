/* A brain, a teller and a keeper of clips that send anything, in any order: whatever they say, the
 * store must not fail for it, its answers must be well formed, and in the end its ledger must hold.
 * The input is n × (u8 what, u8 id, be16 length, body): what & 1 is the peer, or with what & 128
 * one of those who add rows, take them elsewhere, or sign them; (what & 63) >> 1 the message; 0xff
 * is a restart. */
#include "fuzz.h"

#include "run/keeper.h"

#include <stdio.h>
#include <unistd.h>

static struct ward_keeper k;
static struct ward_store *s;
static char dir[40], path[64];
static struct ward_clock_fake now;

static void on_fault(void *ctx, const struct ward_store_fault *f)
{
	(void)ctx; /* only what a peer can bring about */
	WARD_ASSERT(strcmp(f->what, "the same row came with other content") == 0);
}

static void salt(void *ctx, uint8_t ret[WARD_LEDGER_SALT])
{
	(void)ctx;
	memset(ret, 1, WARD_LEDGER_SALT);
}

static void start(void)
{
	const struct ward_store_options o = {.path = path,
		.clock = &now.clock,
		.mem = ward_mem_heap(),
		.salt = salt,
		.fault = on_fault};

	WARD_ASSERT(ward_store_open(&o, &s) == WARD_OK);
	ward_keeper_init(&k, s, &now.clock);
	k.held = true;
}

/* After whichever row was asked. */
static void check_whole(struct ward_rd r)
{
	static struct ward_store_leaf leaf[WARD_ROWS_MAX];
	struct ward_rd look = r;
	struct ward_rows_query q = {0, WARD_ROWS_MAX};
	struct ward_whole l;

	(void)ward_rd_be64(&look);
	(void)ward_rd_be64(&look);
	if (ward_rd_be16(&look))
		q.after = ward_rd_be64(&look) - 1;
	WARD_ASSERT(ward_whole_get(&r, &q, leaf, &l) == WARD_OK);
}

/* What the peer's own reader thinks of it. */
static void check(const struct ward_answer *a)
{
	const struct ward_rows_query q = {0, WARD_ROWS_MAX};
	struct ward_rd r = ward_rd_slice(a->body);
	static uint64_t number[WARD_GONE_MAX];
	struct ward_resumed d;
	enum ward_err verdict;
	uint64_t last;
	size_t n;

	if (a->type == WARD_MSG_COMMITTED)
		WARD_ASSERT(ward_committed_get(&r, &verdict) == WARD_OK);
	else if (a->type == WARD_MSG_RESUMED)
		WARD_ASSERT(ward_resumed_get(&r, &d) == WARD_OK);
	else if (a->type == WARD_MSG_ROW_LIST)
		WARD_ASSERT(ward_row_list_get(&r, &q, &last, &n) == WARD_OK);
	else if (a->type == WARD_MSG_LEAF_LIST)
		WARD_ASSERT(a->body.len >= 8);
	else if (a->type == WARD_MSG_WHOLE_LIST)
		check_whole(r);
	else if (a->type == WARD_MSG_GONE_LIST)
		WARD_ASSERT(ward_gone_list_get(&r, &(struct ward_gone){0, INT64_MAX}, number, &n) ==
			    WARD_OK);
	else
		WARD_ASSERT(a->type == WARD_MSG_NONE);
}

static void one(struct ward_rd *r, uint8_t what)
{
	struct ward_msg m = {.type = (enum ward_msg_type)((what & 127) >> 1), .id = ward_rd_u8(r)};
	static const enum ward_keeper_peer others[] = {WARD_KEEPER_CLIPS, WARD_KEEPER_RESPOND,
		WARD_KEEPER_ACT, WARD_KEEPER_QUORUM, WARD_KEEPER_NOTARY};
	enum ward_keeper_peer peer = what & 128 ? others[m.id % WARD_ARRAY_LEN(others)]
						: (enum ward_keeper_peer)(what & 1);
	size_t len = ward_rd_be16(r), left = ward_rd_left(r);
	struct ward_slice body = ward_rd_bytes(r, len < left ? len : left);
	uint8_t *copy = fuzz_copy(body.p, body.len);
	struct ward_answer a;

	m.body = ward_rd_from(copy, body.len);
	WARD_ASSERT(ward_keeper_message(&k, peer, &m, &a) == WARD_OK);
	check(&a);
	free(copy);
	now.at += 50 * WARD_NS_PER_MS;
	WARD_ASSERT(ward_keeper_due(&k, WARD_KEEPER_TELL, &a) == WARD_OK);
	check(&a);
	WARD_ASSERT(ward_keeper_due(&k, WARD_KEEPER_QUORUM, &a) == WARD_OK);
	check(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_rd r = ward_rd_from(data, len);

	/* in memory where there is such a place: each input writes a database */
	(void)snprintf(dir, sizeof(dir), "%s/ward-fuzz-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	WARD_ASSERT(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/ward.db", dir);
	ward_clock_fake_init(&now, 0);
	start();
	while (ward_rd_left(&r)) {
		uint8_t what = ward_rd_u8(&r);

		if (what == 0xff) {
			ward_store_close(s);
			start();
		} else {
			one(&r, what);
		}
	}
	ward_store_rollback(s);
	WARD_ASSERT(ward_store_verify(s) == WARD_OK);
	ward_store_close(s);
	WARD_ASSERT(unlink(path) == 0 && rmdir(dir) == 0);
	return 0;
}
