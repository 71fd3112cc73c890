#include "sense/net/capture.h"

#include "sense/net/pcapng.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <unistd.h>

enum {
	READ_BUFFER = 1 << 20,
	PCAPNG_BEGIN = 0x0a, /* the first byte of a pcapng file and of no other */
	PCAP_HEADER = 24,
	PCAP_RECORD = 16, /* before each packet's bytes */
};

/* Either pcap or ng reads f. */
struct ward_capture {
	const struct ward_mem *mem;
	FILE *f;
	pcap_t *pcap; /* closes f */
	struct ward_pcapng *ng;
	char *buffer; /* of the file, outlives pcap */
	enum ward_link link;
	uint64_t seq;
	uint64_t off; /* pcap: where the next record begins */
};

static const struct {
	int dlt;
	enum ward_link link;
} links[] = {
	{DLT_EN10MB, WARD_LINK_ETHERNET},
	{DLT_RAW, WARD_LINK_RAW},
	{101, WARD_LINK_RAW}, /* LINKTYPE_RAW as some writers put it */
	{DLT_IPV4, WARD_LINK_RAW},
	{DLT_IPV6, WARD_LINK_RAW},
	{DLT_LINUX_SLL, WARD_LINK_SLL},
	{DLT_LINUX_SLL2, WARD_LINK_SLL2},
	{DLT_NULL, WARD_LINK_NULL},
	{DLT_LOOP, WARD_LINK_LOOP},
	{DLT_PPP, WARD_LINK_PPP},
	{DLT_PPP_SERIAL, WARD_LINK_PPP},
	{DLT_IEEE802_11, WARD_LINK_WLAN},
	{DLT_IEEE802_11_RADIO, WARD_LINK_RADIOTAP},
};

static enum ward_link link_of(int dlt)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(links); i++)
		if (links[i].dlt == dlt)
			return links[i].link;
	return WARD_LINK_UNKNOWN;
}

/* Makes c->pcap or c->ng; MALFORMED with the words in why (PCAP_ERRBUF_SIZE). */
static enum ward_err begin(struct ward_capture *c, char *why)
{
	const char *what = "";
	int first = getc(c->f);

	if (first == EOF) {
		(void)snprintf(why, PCAP_ERRBUF_SIZE, "%s",
			ferror(c->f) ? strerror(errno) : "empty: there is nothing in it");
		return WARD_ERR_MALFORMED;
	}
	(void)ungetc(first, c->f);
	if (first == PCAPNG_BEGIN) {
		enum ward_err err = ward_pcapng_new(c->mem, c->f, &what, &c->ng);

		(void)snprintf(why, PCAP_ERRBUF_SIZE, "%s", what);
		c->link = err ? WARD_LINK_UNKNOWN : link_of(ward_pcapng_link(c->ng));
		return err;
	}
	c->pcap = pcap_fopen_offline_with_tstamp_precision(c->f, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!c->pcap)
		return WARD_ERR_MALFORMED;
	c->link = link_of(pcap_datalink(c->pcap));
	c->off = PCAP_HEADER;
	return WARD_OK;
}

/* Takes f on success only. */
static enum ward_err open_stream(
	const struct ward_mem *mem, FILE *f, char *ret_why, struct ward_capture **ret)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	struct ward_capture *c = ward_mem_alloc(mem, sizeof(*c));
	char *buffer = ward_mem_alloc(mem, READ_BUFFER);
	enum ward_err err = WARD_ERR_NOMEM;

	if (c && buffer) {
		/* libpcap's own 4 KiB reads cost more than the parsing. */
		(void)setvbuf(f, buffer, _IOFBF, READ_BUFFER);
		*c = (struct ward_capture){.mem = mem, .f = f, .buffer = buffer};
		err = begin(c, why);
	}
	if (err) {
		(void)snprintf(ret_why, WARD_CAPTURE_WHY, "%s", why[0] ? why : ward_err_text(err));
		(void)setvbuf(f, NULL, _IONBF, 0);
		ward_mem_free(mem, buffer, READ_BUFFER);
		ward_mem_free(mem, c, sizeof(*c));
		return err;
	}
	*ret = c;
	return WARD_OK;
}

enum ward_err ward_capture_open(
	const struct ward_mem *mem, const char *path, char *ret_why, struct ward_capture **ret)
{
	FILE *f = fopen(path, "rbe");

	if (!f) {
		(void)snprintf(ret_why, WARD_CAPTURE_WHY, "%s", strerror(errno));
		return WARD_ERR_IO;
	}
	enum ward_err err = open_stream(mem, f, ret_why, ret);

	if (err)
		(void)fclose(f);
	return err;
}

static enum ward_err open_cookie(const struct ward_mem *mem, void *ctx,
	ssize_t (*get)(void *ctx, char *p, size_t cap), char *ret_why, struct ward_capture **ret)
{
	FILE *f = fopencookie(ctx, "rb", (cookie_io_functions_t){.read = get});

	if (!f) {
		(void)snprintf(ret_why, WARD_CAPTURE_WHY, "%s", strerror(errno));
		return WARD_ERR_NOMEM;
	}
	enum ward_err err = open_stream(mem, f, ret_why, ret);

	if (err)
		(void)fclose(f);
	return err;
}

static ssize_t read_pipe(void *ctx, char *p, size_t cap)
{
	const struct ward_capture_pipe *pipe = ctx;

	for (;;) {
		if (!pipe->ready(pipe->ctx))
			return 0;
		ssize_t n = read(pipe->fd, p, cap);

		if (n >= 0 || (errno != EINTR && errno != EAGAIN))
			return n;
	}
}

enum ward_err ward_capture_open_pipe(const struct ward_mem *mem,
	const struct ward_capture_pipe *pipe, char *ret_why, struct ward_capture **ret)
{
	return open_cookie(mem, (void *)(uintptr_t)pipe, read_pipe, ret_why, ret);
}

static ssize_t read_input(void *ctx, char *p, size_t cap)
{
	size_t n = 0;

	return ward_input_read(ctx, p, cap, &n) == WARD_OK ? (ssize_t)n : -1;
}

enum ward_err ward_capture_open_input(const struct ward_mem *mem, struct ward_input_bytes *bytes,
	char *ret_why, struct ward_capture **ret)
{
	return open_cookie(mem, bytes, read_input, ret_why, ret);
}

void ward_capture_close(struct ward_capture *c)
{
	if (!c)
		return;
	if (c->pcap)
		pcap_close(c->pcap); /* and the file */
	else
		(void)fclose(c->f); /* only read from */
	ward_pcapng_free(c->ng);
	ward_mem_free(c->mem, c->buffer, READ_BUFFER);
	ward_mem_free(c->mem, c, sizeof(*c));
}

uint16_t ward_capture_link_type(const struct ward_capture *c)
{
	return c->ng ? ward_pcapng_link(c->ng) : (uint16_t)pcap_datalink(c->pcap);
}

const char *ward_capture_link_name(uint16_t link_type)
{
	const char *name = pcap_datalink_val_to_name(link_type);

	return name ? name : "unknown";
}

enum ward_link ward_capture_link(const struct ward_capture *c)
{
	return c->link;
}

/* Seconds are 64 bits wide in pcapng: times beyond ward_ns are put at its end. */
static ward_ns time_of(const struct timeval *tv)
{
	ward_ns t;

	if (!ward_mul((int64_t)tv->tv_sec, WARD_NS_PER_S, &t) ||
		!ward_add(t, (ward_ns)tv->tv_usec, &t))
		return tv->tv_sec < 0 ? INT64_MIN : INT64_MAX;
	return t;
}

static enum ward_err next_of_ng(struct ward_capture *c, struct ward_frame *ret)
{
	uint16_t link = 0;
	enum ward_err err = ward_pcapng_next(c->ng, ret, &link);

	if (err)
		return err;
	ret->seen = ret->time;
	ret->seq = c->seq++;
	ret->link = link_of(link);
	ret->link_type = link;
	return WARD_OK;
}

enum ward_err ward_capture_next(struct ward_capture *c, struct ward_frame *ret)
{
	if (c->ng)
		return next_of_ng(c, ret);

	struct pcap_pkthdr *h;
	const u_char *bytes;
	int got = pcap_next_ex(c->pcap, &h, &bytes);

	if (got == PCAP_ERROR_BREAK)
		return WARD_ERR_CLOSED;
	if (got != 1)
		return WARD_ERR_CORRUPT;
	ward_ns time = time_of(&h->ts);

	c->off += PCAP_RECORD + (uint64_t)h->caplen;
	*ret = (struct ward_frame){.time = time,
		.seen = time,
		.seq = c->seq++,
		.link = c->link,
		.link_type = (uint16_t)pcap_datalink(c->pcap),
		.bytes = {bytes, h->caplen},
		.len = h->len};
	return WARD_OK;
}

uint64_t ward_capture_dropped(const struct ward_capture *c)
{
	return c->ng ? ward_pcapng_dropped(c->ng) : 0;
}

uint64_t ward_capture_offset(const struct ward_capture *c)
{
	return c->ng ? ward_pcapng_offset(c->ng) : c->off;
}

const char *ward_capture_why(const struct ward_capture *c)
{
	return c->ng ? ward_pcapng_why(c->ng) : pcap_geterr(c->pcap);
}
