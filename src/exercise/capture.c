#include "exercise/capture.h"

#include "exercise/act.h"

#include <fcntl.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ETHERNET_HEADER = 14 };

/* No tool may take longer. */
static const ward_ns longest = 15 * 60 * WARD_NS_PER_S;

struct reading {
	struct ward_scenario *s;
	struct ward_step *step;
	struct ward_diag *diag;
	const char *path;
	size_t bytes;
};

static void bad(struct reading *r, const char *what)
{
	ward_diag_addf(r->diag, WARD_DIAG_ERROR, r->s->file, r->step->line,
		WARD_TEXT("the capture '%s' can't be used: %s\nmake it anew: `ward run --play … "
			  "--captures DIR`"),
		r->path, what);
}

/* One more frame; its time is told from the first one's. */
static bool keep(
	struct reading *r, const struct pcap_pkthdr *h, const u_char *bytes, ward_ns *begin)
{
	struct ward_step *step = r->step;
	struct ward_heard *to = &step->tool.heard[step->tool.n_heard];

	/* as draft-ietf-opsawg-pcap can say them */
	if (h->ts.tv_sec < 0 || h->ts.tv_sec > UINT32_MAX || h->ts.tv_usec < 0 ||
		h->ts.tv_usec > 999999) {
		bad(r, "the time of a frame is none");
		return false;
	}
	if (h->caplen != h->len || h->len < ETHERNET_HEADER || h->len > WARD_ACT_FRAME_MAX) {
		bad(r, "a frame is cut off, or longer than Ethernet has them");
		return false;
	}
	r->bytes += h->len;
	if (r->bytes > WARD_CAPTURE_BYTES) {
		bad(r, "it holds more than 4 MiB");
		return false;
	}
	ward_ns time = (ward_ns)h->ts.tv_sec * WARD_NS_PER_S + (ward_ns)h->ts.tv_usec * 1000;

	if (!step->tool.n_heard)
		*begin = time;
	to->after = time > *begin ? time - *begin : 0;
	if (step->tool.n_heard && to->after < to[-1].after)
		to->after = to[-1].after;
	if (to->after > longest) {
		bad(r, "it goes on for more than 15 minutes");
		return false;
	}
	to->frame = ward_arena_str(&r->s->arena, (struct ward_str){(const char *)bytes, h->caplen});
	step->tool.n_heard += to->frame.p != NULL;
	return to->frame.p != NULL;
}

/* How many there are; more than may be, or no capture: -1, which was told. */
static long count(struct reading *r)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(r->path, why);
	struct pcap_pkthdr *h;
	const u_char *bytes;
	long n = 0;
	int rc = 0;

	if (!p) {
		bad(r, why);
		return -1;
	}
	if (pcap_datalink(p) != DLT_EN10MB)
		bad(r, "it is not of Ethernet");
	else
		while (n <= WARD_CAPTURE_FRAMES && (rc = pcap_next_ex(p, &h, &bytes)) == 1)
			n++;
	if (n > WARD_CAPTURE_FRAMES)
		bad(r, "it holds more than 20000 frames");
	else if (rc == PCAP_ERROR)
		bad(r, pcap_geterr(p));
	bool good = rc == PCAP_ERROR_BREAK && n <= WARD_CAPTURE_FRAMES;

	pcap_close(p);
	return good ? n : -1;
}

static enum ward_err read_file(struct reading *r)
{
	char why[PCAP_ERRBUF_SIZE];
	long n = count(r);
	struct pcap_pkthdr *h;
	const u_char *bytes;
	ward_ns begin = 0;

	if (n == 0)
		ward_diag_addf(r->diag, WARD_DIAG_WARNING, r->s->file, r->step->line,
			WARD_TEXT("the capture '%s' holds no frame: without the tool nothing is "
				  "sent\nmake it anew: `ward run --play … --captures DIR`"),
			r->path);
	if (n <= 0)
		return WARD_OK;
	r->step->tool.heard = ward_arena_array(&r->s->arena, (size_t)n, sizeof(struct ward_heard));
	if (!r->step->tool.heard)
		return WARD_ERR_NOMEM;
	pcap_t *p = pcap_open_offline(r->path, why);
	size_t n_error = r->diag->n_error;

	if (!p)
		bad(r, why);
	bool good = p != NULL;

	while (good && n-- > 0 && pcap_next_ex(p, &h, &bytes) == 1)
		good = keep(r, h, bytes, &begin);
	if (p)
		pcap_close(p);
	return good || r->diag->n_error > n_error ? WARD_OK : WARD_ERR_NOMEM;
}

/* A regular file that is not too long: nothing that blocks or goes on for ever. */
static bool is_file(struct reading *r)
{
	struct stat st;

	if (stat(r->path, &st) != 0) {
		ward_diag_addf(r->diag, WARD_DIAG_WARNING, r->s->file, r->step->line,
			WARD_TEXT("the capture '%s' is not there: without the tool nothing is "
				  "sent\nmake it: `ward run --play … --captures DIR`"),
			r->path);
		return false;
	}
	if (!S_ISREG(st.st_mode))
		bad(r, "it is no file");
	else if (st.st_size > WARD_CAPTURE_FILE)
		ward_diag_addf(r->diag, WARD_DIAG_ERROR, r->s->file, r->step->line,
			WARD_TEXT(
				"the capture '%s' has %lld bytes; %d are allowed\nlet the tool do "
				"less, and make it anew: `ward run --play … --captures DIR`"),
			r->path, (long long)st.st_size, WARD_CAPTURE_FILE);
	else
		return true;
	return false;
}

/* What a server says is in a file of its own. */
static enum ward_err look_for(const struct ward_scenario *s, const struct ward_stand *k,
	const char *dir, struct ward_diag *diag)
{
	char path[PATH_MAX];
	int n;

	if (!k->serves || !k->serves->needs || k->host == WARD_NONE)
		return WARD_OK;
	n = snprintf(path, sizeof(path), "%s/stage/%.*s.%s", dir, WARD_STR_ARG(s->host[k->host].id),
		k->serves->needs);
	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	if (access(path, R_OK) != 0)
		ward_diag_addf(diag, WARD_DIAG_WARNING, s->file, k->line,
			WARD_TEXT("the file '%s' is not there: this server has nothing to say\n"
				  "write it: docs/scenarios.md says what is in it"),
			path);
	return WARD_OK;
}

enum ward_err ward_capture_load(struct ward_scenario *s, const char *dir, struct ward_diag *diag)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < s->n_stand && !err; i++)
		err = look_for(s, &s->stand[i], dir, diag);
	for (size_t i = 0; i < s->lead.n_step && !err; i++) {
		struct ward_step *step = &s->step[i];
		char path[PATH_MAX];
		struct reading r = {.s = s, .step = step, .diag = diag, .path = path};

		if (step->act != WARD_ACT_TOOL)
			continue;
		int n = snprintf(
			path, sizeof(path), "%s/stage/%.*s", dir, WARD_STR_ARG(step->tool.capture));

		if (n < 0 || (size_t)n >= sizeof(path))
			return WARD_ERR_LIMIT;
		if (is_file(&r))
			err = read_file(&r);
	}
	return err;
}
