/* What a tool's host says and hears, as a capture file. */
#include "run/proc/stage.h"

#include "exercise/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SNAPLEN = 65535, TIMEOUT_MS = 10, BUFFER = 8 << 20, AT_ONCE = 1000, ROUNDS = 16 };

struct stage_capture {
	pcap_t *live;
	pcap_dumper_t *file;
	int n; /* frames so far */
	char path[STAGE_PATH];
};

bool stage_capture_path(const struct stage *s, struct ward_str name, char ret[STAGE_PATH])
{
	int n = snprintf(ret, STAGE_PATH, "%s/%.*s" STAGE_PART, s->captures, WARD_STR_ARG(name));

	return n > 0 && n < STAGE_PATH;
}

/* Only frames of the host, or for it. */
static bool only(pcap_t *p, const char *mac)
{
	char text[64];
	struct bpf_program program;

	(void)snprintf(text, sizeof(text), "ether host %s", mac);
	if (pcap_compile(p, &program, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return false;
	bool ok = pcap_setfilter(p, &program) == 0;

	pcap_freecode(&program);
	return ok;
}

static pcap_t *listen_at(const struct stage_host *host, char why[PCAP_ERRBUF_SIZE])
{
	pcap_t *p = pcap_create(host->as.port, why);

	if (p && (pcap_set_snaplen(p, SNAPLEN) != 0 || pcap_set_promisc(p, 1) != 0 ||
			 pcap_set_timeout(p, TIMEOUT_MS) != 0 ||
			 pcap_set_buffer_size(p, BUFFER) != 0 || pcap_activate(p) < 0 ||
			 !only(p, host->as.mac) || pcap_setnonblock(p, 1, why) != 0)) {
		(void)snprintf(why, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(p));
		pcap_close(p);
		return NULL;
	}
	return p;
}

struct stage_capture *stage_capture_open(
	struct stage *s, const struct stage_host *host, struct ward_str name)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	struct stage_capture *c = calloc(1, sizeof(*c));

	if (c && stage_capture_path(s, name, c->path))
		c->live = listen_at(host, why);
	if (c && c->live)
		c->file = pcap_dump_open(c->live, c->path);
	if (c && c->file)
		return c;
	WARD_LOG(&s->p.log, WARN, "stage.no_capture", WARD_KV_S("file", name),
		WARD_KV_Z("why", c && c->live ? pcap_geterr(c->live) : why));
	if (c && c->live)
		pcap_close(c->live);
	free(c);
	return NULL;
}

void stage_capture_turn(struct stage_capture *c)
{
	for (int i = 0; i < ROUNDS && c->n < WARD_CAPTURE_FRAMES; i++) {
		int n = pcap_dispatch(c->live, AT_ONCE, pcap_dump, (u_char *)c->file);

		if (n <= 0)
			return;
		c->n += n;
	}
}

bool stage_capture_close(struct stage_capture *c, bool whole)
{
	char path[STAGE_PATH];

	if (!c)
		return true;
	stage_capture_turn(c);
	int e = !whole                            ? ECANCELED
		: pcap_dump_flush(c->file) != 0   ? errno
		: ferror(pcap_dump_file(c->file)) ? EIO /* pcap_dump tells nobody */
						  : 0;

	pcap_dump_close(c->file);
	pcap_close(c->live);
	(void)snprintf(
		path, sizeof(path), "%.*s", (int)(strlen(c->path) - strlen(STAGE_PART)), c->path);
	if (!e && rename(c->path, path) != 0)
		e = errno;
	if (e)
		(void)unlink(c->path);
	free(c);
	errno = e;
	return !e;
}
