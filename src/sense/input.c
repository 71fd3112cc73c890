#include "sense/input.h"

#include "base/rd.h"
#include "sense/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const char *const kind_name[WARD_INPUT_KIND_N] = {
	"unknown", "pcap", "pcapng", "events", "json", "zeek", "lines", "evtx", "export", "csv"};

const char *ward_input_kind_name(enum ward_input_kind kind)
{
	WARD_ASSERT(kind < WARD_INPUT_KIND_N);
	return kind_name[kind];
}

/* What people hand over that is no recording yet, by its first bytes. */
static const struct {
	struct ward_str magic;
	const char *refusal;
} foreign[] = {
	{{"BZh", 3}, "is compressed: unpack it first with bzip2 -d"},
	{{"PK\x03\x04", 4}, "is an archive: unpack it first with unzip"},
};

/* Index in foreign, or its length. */
static size_t foreign_of(struct ward_slice head)
{
	size_t i = 0;

	while (i < WARD_ARRAY_LEN(foreign) &&
		!ward_str_starts(ward_slice_text(head), foreign[i].magic))
		i++;
	return i;
}

const char *ward_input_refusal(struct ward_slice head)
{
	size_t i = foreign_of(head);

	return i < WARD_ARRAY_LEN(foreign)
		       ? foreign[i].refusal
		       : "is binary and no capture: give a pcap or pcapng file, JSON or a text log";
}

static size_t blanks(struct ward_slice s, size_t off)
{
	while (off < s.len &&
		(s.p[off] == ' ' || s.p[off] == '\t' || s.p[off] == '\n' || s.p[off] == '\r'))
		off++;
	return off;
}

/* {"kind":"event" with any blanks. */
static bool is_event(struct ward_slice s, size_t off)
{
	static const char *const part[] = {"{", "\"kind\"", ":", "\"event\""};

	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++) {
		size_t len = strlen(part[i]);

		off = blanks(s, off);
		if (s.len - off < len || memcmp(s.p + off, part[i], len) != 0)
			return false;
		off += len;
	}
	return true;
}

enum ward_input_kind ward_input_sniff(struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	uint32_t magic = ward_rd_be32(&r);

	switch (ward_rd_bad(&r) ? 0 : magic) {
	case 0xa1b2c3d4: /* pcap-savefile(5), and with nanoseconds */
	case 0xd4c3b2a1:
	case 0xa1b23c4d:
	case 0x4d3cb2a1:
		return WARD_INPUT_PCAP;
	case 0x0a0d0d0a: /* Section Header Block */
		return WARD_INPUT_PCAPNG;
	default:
		break;
	}
	if (ward_str_starts(ward_slice_text(s), WARD_STR("ElfFile\0")))
		return WARD_INPUT_EVTX;
	/* the journal's cursor comes first in each entry; a binary field may follow soon */
	if (ward_str_starts(ward_slice_text(s), WARD_STR("__CURSOR=")))
		return WARD_INPUT_EXPORT;
	if (s.len && (memchr(s.p, 0, s.len) || foreign_of(s) < WARD_ARRAY_LEN(foreign)))
		return WARD_INPUT_UNKNOWN;
	if (s.len >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
		s = ward_slice_of(s.p + 3, s.len - 3);
	size_t off = blanks(s, 0);

	if (ward_str_starts(ward_slice_text(s), WARD_STR("#separator ")))
		return WARD_INPUT_ZEEK;
	if (off < s.len && s.p[off] == '{') {
		size_t key = blanks(s, off + 1);

		if (is_event(s, off))
			return WARD_INPUT_EVENTS;
		return key == s.len || s.p[key] == '"' || s.p[key] == '}' ? WARD_INPUT_JSON
									  : WARD_INPUT_LINES;
	}
	/* "[2020-01-01 …" begins many a log: only an array of objects is JSON. */
	if (off < s.len && s.p[off] == '[') {
		off = blanks(s, off + 1);
		if (off < s.len && (s.p[off] == '{' || s.p[off] == ']'))
			return WARD_INPUT_JSON;
	}
	return WARD_INPUT_LINES;
}

/* A file that is written anew under its old name begins differently, mostly with its first time. */
static uint64_t epoch_of(struct ward_slice head)
{
	uint8_t sum[32];
	struct ward_rd r = ward_rd_from(sum, sizeof(sum));

	ward_sha256(head, sum);
	return ward_rd_be64(&r);
}

static struct ward_str base_name(struct ward_str path)
{
	for (size_t i = path.len; i > 0; i--)
		if (path.p[i - 1] == '/')
			return ward_str_sub(path, i, path.len - i);
	return path;
}

static void name_source(struct ward_input *in, struct ward_str name)
{
	struct ward_str s = in->opts.source.len ? in->opts.source : base_name(name);

	s = ward_str_sub(s, 0, sizeof(in->source));
	/* A cut must not leave half a character. */
	size_t bad = s.len;

	(void)ward_utf8_valid(ward_str_bytes(s), &bad);
	memcpy(in->source, s.p ? s.p : "", bad);
	in->opts.source = bad ? (struct ward_str){in->source, bad} : WARD_STR("stdin");
}

enum ward_err ward_input_open_fd(struct ward_input *in, int fd, struct ward_str name,
	enum ward_input_kind kind, const struct ward_input_driver *const *drivers,
	const struct ward_input_opts *opts)
{
	enum ward_err err;

	*in = (struct ward_input){.opts = *opts, .kind = kind};
	err = ward_bytes_open(&in->bytes, fd, &in->opts);
	if (err != WARD_OK)
		return err;
	struct ward_slice head = {in->bytes.head, in->bytes.n_head};

	if (kind == WARD_INPUT_UNKNOWN)
		in->kind = ward_input_sniff(head);
	if (!in->opts.epoch)
		in->opts.epoch = epoch_of(head);
	name_source(in, name);
	for (; *drivers; drivers++) {
		if ((*drivers)->kind != in->kind)
			continue;
		err = (*drivers)->open(&in->opts, &in->bytes, &in->state);
		if (err == WARD_OK) {
			in->driver = *drivers;
			in->bytes.own_fd = true;
		} else {
			ward_bytes_close(&in->bytes);
		}
		return err;
	}
	ward_bytes_close(&in->bytes);
	return WARD_ERR_UNSUPPORTED;
}

enum ward_err ward_input_open(struct ward_input *in, const char *path, enum ward_input_kind kind,
	const struct ward_input_driver *const *drivers, const struct ward_input_opts *opts)
{
	bool std = strcmp(path, "-") == 0;
	int fd = std ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
		     : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum ward_err err;

	if (fd < 0) {
		*in = (struct ward_input){.kind = kind};
		return WARD_ERR_NOT_FOUND;
	}
	err = ward_input_open_fd(
		in, fd, std ? WARD_STR("stdin") : ward_str_z(path), kind, drivers, opts);
	if (err != WARD_OK)
		(void)close(fd); /* only read from */
	return err;
}

enum ward_err ward_input_next(
	struct ward_input *in, struct ward_arena *arena, struct ward_event *ret)
{
	ward_arena_reset(arena);
	return in->driver->next(in->state, arena, ret);
}

void ward_input_close(struct ward_input *in)
{
	if (in->driver)
		in->driver->close(in->state);
	ward_bytes_close(&in->bytes);
	in->driver = NULL;
}

void ward_input_problem(const struct ward_input_opts *opts, const struct ward_input_problem *p)
{
	ward_count_name(opts->counters, p->counter, 1);
	if (opts->problem)
		opts->problem(opts->ctx, p);
}
