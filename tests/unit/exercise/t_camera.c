/* A played camera: Ward's own client against it, however the bytes are cut; what no client should
 * say; and what of a clip goes out. */
#include "exercise/clip.h"
#include "exercise/rtsp_server.h"
#include "sense/video/rtsp.h"

#include "base/rd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const char sdp[] = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n"
			  "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";

struct seen {
	bool stream;
	unsigned packets;
};

static enum ward_err on_stream(void *ctx, struct ward_slice text)
{
	assert_true(ward_str_find(ward_slice_text(text), WARD_STR("H264/90000")) != SIZE_MAX);
	((struct seen *)ctx)->stream = true;
	return WARD_OK;
}

static enum ward_err on_packet(void *ctx, struct ward_slice rtp)
{
	assert_int_equal(rtp.len, 14);
	((struct seen *)ctx)->packets++;
	return WARD_OK;
}

static enum ward_err on_clock(void *ctx, ward_ns says)
{
	(void)ctx;
	(void)says;
	return WARD_OK;
}

static void hand(struct ward_rtsp *r, struct ward_slice bytes)
{
	size_t cap;
	uint8_t *room = ward_rtsp_room(r, &cap);

	assert_true(cap >= bytes.len);
	if (bytes.len)
		memcpy(room, bytes.p, bytes.len);
	assert_int_equal(ward_rtsp_go(r, bytes.len), WARD_OK);
}

/* The client's bytes reach the server `piece` at a time. */
static void talk(size_t piece)
{
	static const uint8_t packet[14] = {0x80, 96, 0, 1};
	struct ward_counters counters = {0};
	struct seen seen = {0};
	struct ward_rtsp_url url;
	const char *why;
	struct ward_rtsp_opts o = {.mem = ward_mem_heap(),
		.counters = &counters,
		.url = &url,
		.sink = {on_stream, on_packet, on_clock, &seen}};
	struct ward_rtsp_server server;
	struct ward_rtsp *client;
	uint8_t buf[WARD_RTSP_SERVER_ANSWER];

	assert_int_equal(ward_rtsp_url_read(WARD_STR("rtsp://127.0.0.1/x"), &url, &why), WARD_OK);
	assert_int_equal(ward_rtsp_new(&o, &client), WARD_OK);
	ward_rtsp_server_init(&server, ward_str_z(sdp));
	for (unsigned turn = 0; turn < 10000 && !server.playing; turn++) {
		struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));
		struct ward_slice due = ward_rtsp_due(client);
		size_t n = due.len < piece ? due.len : piece;

		assert_true(ward_rtsp_server_take(&server, ward_slice_of(due.p, n), &out));
		ward_rtsp_sent(client, n);
		hand(client, ward_wr_slice(&out));
	}
	assert_true(server.playing && seen.stream);
	for (unsigned i = 0; i < 3; i++) {
		struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));

		ward_rtsp_server_frame(&server, ward_slice_of(packet, sizeof(packet)), false, &out);
		hand(client, ward_wr_slice(&out));
	}
	assert_int_equal(seen.packets, 3);
	ward_rtsp_bye(client);
	struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));

	assert_false(ward_rtsp_server_take(&server, ward_rtsp_due(client), &out));
	ward_rtsp_free(client);
}

static void with_wards_own_client(void **state)
{
	(void)state;
	for (size_t piece = 1; piece < 64; piece++)
		talk(piece);
	talk(SIZE_MAX);
}

/* What is said to a server, and how it answers; NULL: the connection ends. */
static void other_words(void **state)
{
	static const struct {
		const char *in, *answer;
	} row[] = {
		{"PLAY x RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 455 "},
		{"SETUP x RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP;unicast\r\n\r\n",
			"RTSP/1.0 461 "},
		{"SETUP x RTSP/1.0\r\nCSeq: 1\r\nTransport: "
		 "RTP/AVP/TCP;interleaved=300-301\r\n\r\n",
			"RTSP/1.0 461 "},
		{"setup x RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 501 "},
		{"OPTIONS * RTSP/1.0\r\ncseq: 7\r\n\r\n", "RTSP/1.0 200 OK\r\nCSeq: 7\r\n"},
		{"SET_PARAMETER x RTSP/1.0\r\nCSeq: 2\r\nContent-Length: 3\r\n\r\nabc"
		 "OPTIONS * RTSP/1.0\r\nCSeq: 3\r\n\r\n",
			"RTSP/1.0 200 OK\r\nCSeq: 2\r\n"},
		{"OPTIONS * RTSP/1.0\r\n\r\n", NULL},
		{"OPTIONS * RTSP/1.0\r\nCSeq: x\r\n\r\n", NULL},
		{"X x RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 99999999\r\n\r\n", NULL},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_rtsp_server s;
		uint8_t buf[WARD_RTSP_SERVER_ANSWER];
		struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));

		ward_rtsp_server_init(&s, ward_str_z(sdp));
		assert_int_equal(
			ward_rtsp_server_take(&s, ward_str_bytes(ward_str_z(row[i].in)), &out),
			row[i].answer != NULL);
		if (row[i].answer)
			assert_true(ward_str_starts(ward_wr_text(&out), ward_str_z(row[i].answer)));
	}
}

/* A request without an end ends the connection; the packets of a client are skipped, whatever is in
 * them. */
static void too_long_and_skipped(void **state)
{
	static const uint8_t report[] = {'$', 1, 0, 6, '\r', '\n', '\r', '\n', 'X', '$'};
	struct ward_rtsp_server s;
	uint8_t buf[WARD_RTSP_SERVER_ANSWER], junk[WARD_RTSP_SERVER_REQUEST];
	struct ward_wr out = ward_wr_fixed(buf, sizeof(buf));

	(void)state;
	ward_rtsp_server_init(&s, ward_str_z(sdp));
	for (unsigned i = 0; i < 3; i++)
		assert_true(ward_rtsp_server_take(&s, ward_slice_of(report, sizeof(report)), &out));
	assert_int_equal(out.len, 0);
	assert_true(ward_rtsp_server_take(
		&s, ward_str_bytes(WARD_STR("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")), &out));
	assert_true(out.len > 0);
	memset(junk, 'a', sizeof(junk));
	assert_false(ward_rtsp_server_take(&s, ward_slice_of(junk, sizeof(junk)), &out));
}

struct sent {
	unsigned rtp, rtcp;
	uint16_t seq;
	uint32_t time;
};

static void count(void *ctx, struct ward_slice packet, bool rtcp)
{
	struct sent *sent = ctx;
	struct ward_rd r = ward_rd_from(packet.p, packet.len);

	assert_true(packet.len >= 12 && packet.len <= WARD_FOOTAGE_CLIP_PACKET &&
		    packet.p[0] >> 6 == 2);
	if (rtcp) {
		sent->rtcp++;
		return;
	}
	(void)ward_rd_be16(&r);
	uint16_t seq = ward_rd_be16(&r);
	uint32_t time = ward_rd_be32(&r);

	if (sent->rtp++) {
		assert_int_equal(seq, (uint16_t)(sent->seq + 1));
		assert_true((int32_t)(time - sent->time) >= 0);
	}
	sent->seq = seq;
	sent->time = time;
}

static enum ward_err open_clip(const char *path, struct ward_footage_clip **ret, char *why)
{
	int fd = open(path, O_RDONLY);
	enum ward_err err;

	assert_true(fd >= 0);
	err = ward_footage_clip_open(fd, ret, why);
	(void)close(fd);
	return err;
}

/* Pictures in another order than they are shown in; a list of other files. */
static void clips_that_are_refused(void **state)
{
	char path[512], why[WARD_FOOTAGE_CLIP_WHY];
	const char *data = getenv("WARD_SHARED_DATA");
	struct ward_footage_clip *c;
	FILE *list;

	(void)state;
	(void)snprintf(path, sizeof(path), "%.300s/video/fight/fi001.mp4", data ? data : "");
	if (access(path, R_OK) != 0)
		skip();
	assert_int_equal(open_clip(path, &c, why), WARD_ERR_MALFORMED);
	assert_non_null(strstr(why, "without B-frames"));
	list = tmpfile();
	assert_non_null(list);
	(void)fprintf(
		list, "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n%s\n#EXT-X-ENDLIST\n", path);
	(void)fflush(list);
	assert_int_equal(lseek(fileno(list), 0, SEEK_SET), 0);
	assert_int_equal(ward_footage_clip_open(fileno(list), &c, why), WARD_ERR_MALFORMED);
	(void)fclose(list);
}

static void a_clip_goes_out(void **state)
{
	char path[512], why[WARD_FOOTAGE_CLIP_WHY];
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_footage_clip *c;
	struct sent sent = {0};

	(void)state;
	assert_non_null(root);
	(void)snprintf(path, sizeof(path),
		"%.300s/pilots/turin/scenarios/followed/footage/staff-door.mkv", root);
	assert_int_equal(open_clip(path, &c, why), WARD_OK);
	size_t n = ward_footage_clip_pictures(c);

	assert_int_equal(ward_footage_clip_period(c), WARD_NS_PER_S / 10);
	assert_true(strstr(ward_footage_clip_sdp(c), "H264/90000") != NULL);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ward_footage_clip_show(c, i,
					 (ward_ns)i * ward_footage_clip_period(c), count, &sent),
			WARD_OK);
	assert_true(sent.rtp >= n && sent.rtcp >= 1);
	/* before the play and after the clip: the quiet part, round and round */
	assert_int_equal(ward_footage_clip_at(c, 0, 100), 0);
	assert_int_equal(
		ward_footage_clip_at(c, (ward_ns)n * ward_footage_clip_period(c), 100), 100);
	assert_int_equal(
		ward_footage_clip_at(c, ((ward_ns)n + 1) * ward_footage_clip_period(c), n - 1),
		n - 1);
	for (ward_ns t = -60 * WARD_NS_PER_S; t < 0; t += WARD_NS_PER_S / 7)
		assert_in_range(ward_footage_clip_at(c, t, 100), 100, n - 1);
	for (size_t i = 0; i < n; i++)
		assert_true(
			ward_footage_clip_key(c, i) <= i && i - ward_footage_clip_key(c, i) < 10);
	ward_footage_clip_free(c);

	(void)snprintf(path, sizeof(path), "%.300s/pilots/turin/sources.yml", root);
	assert_int_equal(open_clip(path, &c, why), WARD_ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_wards_own_client),
		cmocka_unit_test(other_words),
		cmocka_unit_test(too_long_and_skipped),
		cmocka_unit_test(a_clip_goes_out),
		cmocka_unit_test(clips_that_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
