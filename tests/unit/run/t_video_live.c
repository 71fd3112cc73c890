/* The process that decodes a camera's stream, in its cage, before streams that were made to harm:
 * it goes on, says a thing once, and does not work for what it can't use. The packets' times are
 * played. */
#include "live.h"

#include "base/clock.h"
#include "run/camera.h"
#include "run/process.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { RTP_HEAD = 12, JPEG_HEAD = 8, PACKET_MAX = 60000, WAIT_MS = 60000, SAID_MAX = 1 << 20 };

/* As sense/video/sdp.h writes it. */
#define SDP(FORMAT, CODING)                                                         \
	"s=camera\r\nv=0\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP " FORMAT \
	"\r\na=rtpmap:" FORMAT " " CODING "/90000\r\n"

struct lab {
	struct live_process video;
	int link;
	char folder[64], out[96], err[96];
	ward_ns time; /* monotonic */
	ward_ns wall; /* minus time */
	uint16_t seq;
	size_t peak_bytes; /* of memory, at the end */
};

/* What the process writes goes to files. */
static void begin(struct lab *l, const char *sdp)
{
	struct live_process p = {.name = "video", .arg = {"source=lab", "fps=5"}};
	int pair[2], was[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
	struct pollfd due;
	static uint8_t buf[WARD_MSG_MAX];
	struct ward_msg m;

	*l = (struct lab){.time = ward_clock_mono(ward_clock_system())};
	l->wall = ward_clock_now(ward_clock_system()) - l->time;
	live_folder(l->folder, sizeof(l->folder));
	(void)snprintf(l->out, sizeof(l->out), "%s/out", l->folder);
	(void)snprintf(l->err, sizeof(l->err), "%s/err", l->folder);
	live_pair(pair);
	p.fd[0].name = "camera";
	p.fd[0].fd = pair[1];
	l->video = p;
	int to[2] = {open(l->out, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600),
		open(l->err, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)};

	(void)fflush(stdout);
	for (int i = 0; i < 2; i++)
		assert_int_equal(dup2(to[i], STDOUT_FILENO + i), STDOUT_FILENO + i);
	live_start(&l->video);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(dup2(was[i], STDOUT_FILENO + i), STDOUT_FILENO + i);
		(void)close(was[i]);
		(void)close(to[i]);
	}
	(void)close(pair[1]);
	l->link = pair[0];
	due = (struct pollfd){.fd = l->link, .events = POLLIN};
	assert_int_equal(poll(&due, 1, WAIT_MS), 1);
	assert_int_equal(ward_msg_recv(l->link, buf, &m), WARD_OK);
	assert_int_equal(m.type, WARD_MSG_AGAIN);
	assert_int_equal(
		ward_msg_send(l->link, WARD_MSG_STREAM, 1, ward_slice_of(sdp, strlen(sdp))),
		WARD_OK);
}

/* One packet, of a picture of its own, a 25th of a second after the one before. */
static void put(struct lab *l, unsigned type, bool last, const uint8_t *payload, size_t n)
{
	uint8_t body[WARD_CAMERA_PACKET_HEAD + RTP_HEAD + PACKET_MAX];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	l->time += WARD_NS_PER_S / 25;
	ward_wr_be64(&w, (uint64_t)l->time);
	ward_wr_be64(&w, (uint64_t)(l->time + l->wall));
	ward_wr_u8(&w, 0x80);
	ward_wr_u8(&w, (uint8_t)(type | (last ? 0x80 : 0)));
	ward_wr_be16(&w, ++l->seq);
	ward_wr_be32(&w, (uint32_t)l->seq * 3600);
	ward_wr_be32(&w, 1);
	ward_wr_bytes(&w, payload, n);
	assert_false(ward_wr_bad(&w));
	assert_int_equal(ward_msg_send(l->link, WARD_MSG_PACKET, 1, ward_wr_slice(&w)), WARD_OK);
}

/* Until it has taken everything: the link's end is its end. */
static void end(struct lab *l)
{
	int status;
	struct rusage used;

	(void)close(l->link);
	assert_int_equal(wait4(l->video.pid, &status, 0, &used), l->video.pid);
	l->peak_bytes = (size_t)used.ru_maxrss * 1024;
	assert_int_equal(status, 0);
}

static const char *text_of(const char *path)
{
	static char text[SAID_MAX];
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = 0;
	(void)fclose(f);
	return text;
}

static unsigned count(const char *path, const char *what)
{
	unsigned n = 0;

	for (const char *at = text_of(path); (at = strstr(at, what)) != NULL; at++)
		n++;
	return n;
}

static unsigned counter(const struct lab *l, const char *name)
{
	const char *at = strstr(text_of(l->err), name);

	assert_non_null(at);
	return (unsigned)strtoul(strchr(at, ':') + 1, NULL, 10);
}

/* Pictures of eight by eight pixels, for ten minutes of the camera's time. */
static void t_useless_pictures(void **state)
{
	static const uint8_t picture[JPEG_HEAD + 32] = {0, 0, 0, 0, 1, 80, 1, 1};
	struct lab l;

	(void)state;
	begin(&l, SDP("26", "JPEG"));
	for (unsigned i = 0; i < 600 * 25; i++)
		put(&l, 26, true, picture, sizeof(picture));
	end(&l);
	assert_int_equal(count(l.err, "\"event\":\"video.bad\""), 1);
	assert_int_equal(count(l.out, "\"class\":\"video.damaged\""), 1);
	assert_in_range(counter(&l, "video.undecodable"), 6, 20);
	live_remove(l.folder);
}

/* A picture that never ends: 300 MB of NAL units that say nothing (type 12). */
static void t_endless_picture(void **state)
{
	static uint8_t nal[PACKET_MAX] = {12};
	struct lab l;

	(void)state;
	memset(&nal[1], 0xff, sizeof(nal) - 1);
	begin(&l, SDP("96", "H264"));
	for (unsigned i = 0; i < 5000; i++)
		put(&l, 96, true, nal, sizeof(nal));
	end(&l);
	assert_int_equal(count(l.out, "\"class\":\"video.damaged\""), 1);
	if (!WARD_PROCESS_UNBOUND)
		assert_in_range(l.peak_bytes, 1 << 20, 250 << 20);
	live_remove(l.folder);
}

/* The wall clock goes back by an hour: what is judged goes on, and is told at the new time. */
static void t_clock_set_back(void **state)
{
	static const uint8_t nal[100] = {12};
	struct ward_wr w;
	char time[40];
	struct lab l;

	(void)state;
	begin(&l, SDP("96", "H264"));
	for (unsigned i = 0; i <= 1501; i++) {
		if (i == 750)
			l.wall -= 3600 * WARD_NS_PER_S;
		put(&l, 96, true, nal, sizeof(nal));
	}
	end(&l);
	/* a minute after the first packet, as nothing failed to be decoded; the last was a 25th of
	 * a second later */
	w = ward_wr_fixed(time, sizeof(time));
	ward_time_write(&w, l.time + l.wall - WARD_NS_PER_S / 25);
	ward_wr_u8(&w, 0);
	assert_false(ward_wr_bad(&w));
	assert_int_equal(count(l.out, "\"class\":\"video.damaged\""), 1);
	assert_int_equal(count(l.out, time), 2); /* as time and as seen */
	live_remove(l.folder);
}

/* Slices of a group of pictures that was entered in the midst; its parameters would come in the
 * stream. They fail, and that says nothing for a minute. */
static void t_entered_in_the_midst(void **state)
{
	static const uint8_t slice[100] = {0x41, 0x9a}; /* of picture parameters 0 */

	(void)state;
	for (unsigned seconds = 58; seconds <= 62; seconds += 4) {
		struct lab l;

		begin(&l, SDP("96", "H264"));
		for (unsigned i = 0; i < seconds * 25; i++)
			put(&l, 96, true, slice, sizeof(slice));
		end(&l);
		assert_true(counter(&l, "video.damaged") > seconds * 24);
		assert_int_equal(count(l.out, "\"class\":\"video.damaged\""), seconds > 60);
		live_remove(l.folder);
	}
}

/* A picture, as noise may make one: grey, 64 by 48. */
static void put_picture(struct lab *l)
{
	static const uint8_t picture[JPEG_HEAD + 64] = {0, 0, 0, 0, 1, 80, 8, 6};

	put(l, 26, true, picture, sizeof(picture));
}

/* Parts of pictures, of which none is one, for as long. */
static void put_parts(struct lab *l, unsigned seconds)
{
	static const uint8_t part[JPEG_HEAD + 64] = {0, 0, 4, 0, 1, 80, 8, 6};

	for (unsigned i = 0; i < seconds * 25; i++)
		put(l, 26, false, part, sizeof(part));
}

/* One picture in the midst of damage ends nothing; some seconds of them do, and that is told once.
 */
static void t_picture_of_noise(void **state)
{
	struct lab l;

	(void)state;
	begin(&l, SDP("26", "JPEG"));
	for (unsigned i = 0; i < 25; i++)
		put_picture(&l);
	put_parts(&l, 14);
	put_picture(&l);
	put_parts(&l, 14);
	put_picture(&l);
	put_picture(&l);
	put_parts(&l, 14);
	for (unsigned i = 0; i < 10 * 25; i++)
		put_picture(&l);
	end(&l);
	assert_int_equal(count(l.out, "\"class\":\"video.damaged\""), 2);
	live_remove(l.folder);
}

/* Without computing time packets are read late, many at once and then for long none: that says
 * nothing of the stream, neither that it is damaged nor that it still is. */
static void t_starved(void **state)
{
	struct lab l;

	(void)state;
	begin(&l, SDP("26", "JPEG"));
	for (unsigned i = 0; i < 10 * 25; i++) {
		l.time += i % 25 ? 0 : 12 * WARD_NS_PER_S;
		put_picture(&l);
	}
	put_parts(&l, 14);
	for (unsigned i = 0; i < 10 * 25; i++) {
		l.time += i % 25 ? 0 : 3 * WARD_NS_PER_S;
		put_picture(&l);
	}
	end(&l);
	assert_int_equal(count(l.out, "\"class\":\"video.damaged\""), 2);
	live_remove(l.folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_useless_pictures),
		cmocka_unit_test(t_endless_picture),
		cmocka_unit_test(t_clock_set_back),
		cmocka_unit_test(t_entered_in_the_midst),
		cmocka_unit_test(t_picture_of_noise),
		cmocka_unit_test(t_starved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
