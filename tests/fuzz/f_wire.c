/* Messages between processes. The first byte picks: an APPEND's body, a RECORDS body, or a whole
 * datagram with its header over a real socket. What is read is written again and read the same. */
#include "fuzz.h"

#include "run/wire.h"

#include <sys/socket.h>

static void append(struct ward_slice bytes, unsigned lanes)
{
	static struct ward_record rec[WARD_WIRE_BATCH_MAX], twin[WARD_WIRE_BATCH_MAX];
	static struct ward_batch batch;
	struct ward_rd r = ward_rd_slice(bytes);
	size_t n = 0, n_twin = 0;
	enum ward_err err = ward_wire_append(&r, lanes, 7, rec, &n);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_MALFORMED || err == WARD_ERR_DENIED);
	if (err)
		return;
	WARD_ASSERT(n > 0 && n <= WARD_WIRE_BATCH_MAX);
	ward_batch_begin(&batch);
	for (size_t i = 0; i < n; i++) {
		WARD_ASSERT(lanes >> rec[i].lane & 1 && rec[i].source == 7);
		if (!ward_batch_add(
			    &batch, rec[i].lane, (enum ward_record_type)rec[i].type, rec[i].data))
			return; /* ours has two bytes of count, always */
	}
	r = ward_rd_slice(ward_batch_body(&batch));
	WARD_ASSERT(ward_wire_append(&r, lanes, 7, twin, &n_twin) == WARD_OK && n_twin == n);
	for (size_t i = 0; i < n; i++)
		WARD_ASSERT(rec[i].lane == twin[i].lane && rec[i].type == twin[i].type &&
			    rec[i].data.len == twin[i].data.len);
}

static void records(struct ward_slice bytes)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint64_t n = ward_rd_varint(&r);

	for (uint64_t i = 0; i < n; i++) {
		static uint8_t buf[WARD_MSG_MAX];
		struct ward_record rec, twin;
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		if (ward_wire_get_record(&r, &rec) != WARD_OK)
			return;
		ward_wire_put_record(&w, &rec);
		struct ward_rd back = ward_rd_slice(ward_wr_slice(&w));

		WARD_ASSERT(!ward_wr_bad(&w) && ward_wire_get_record(&back, &twin) == WARD_OK);
		WARD_ASSERT(ward_rd_left(&back) == 0 && twin.seq == rec.seq &&
			    twin.time == rec.time && twin.type == rec.type &&
			    twin.source == rec.source && twin.data.len == rec.data.len);
	}
}

static void datagram(struct ward_slice bytes)
{
	static int fd[2];
	static uint8_t buf[WARD_MSG_MAX];
	struct ward_msg m;

	if (!fd[1])
		WARD_ASSERT(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == 0);
	if (!bytes.len || send(fd[0], bytes.p, bytes.len, MSG_DONTWAIT) != (ssize_t)bytes.len)
		return;
	enum ward_err err = ward_msg_recv(fd[1], buf, &m);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_MALFORMED);
	if (err)
		return;
	WARD_ASSERT(m.type > WARD_MSG_NONE && m.type < WARD_MSG_N);
	WARD_ASSERT(ward_rd_left(&m.body) == bytes.len - WARD_MSG_HEADER);
	if (m.type == WARD_MSG_APPEND)
		append(ward_rd_bytes(&m.body, ward_rd_left(&m.body)), 15);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (!len)
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);
	struct ward_slice bytes = {copy, len - 1};

	if (data[0] % 3 == 0)
		append(bytes, data[0] / 3);
	else if (data[0] % 3 == 1)
		records(bytes);
	else
		datagram(bytes);
	free(copy);
	return 0;
}
