/* RFC 9112 (messages), RFC 9110 (what they mean) */
#include "http/message.h"

#include <string.h>

enum state { HEAD, BODY, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, TRAILER, TO_END, WHOLE, BAD };

struct field {
	uint32_t name, name_len, value, value_len; /* in the head */
};

struct ward_httpmsg {
	struct ward_httpmsg_opts opts;
	enum state state;
	const char *why;
	char head[WARD_HTTPMSG_HEAD];
	size_t n_head;
	struct field field[WARD_HTTPMSG_FIELDS];
	size_t n_field;
	struct ward_str method, target;
	unsigned status;
	bool body_too_long; /* the head is read */
	bool keep, expects, http10;
	uint64_t left; /* of the body, or of the chunk */
	char line[32]; /* a chunk's size */
	size_t n_line, n_trailer;
	struct ward_wr body;
};

enum ward_err ward_httpmsg_new(const struct ward_httpmsg_opts *opts, struct ward_httpmsg **ret)
{
	struct ward_httpmsg *h = ward_mem_alloc(opts->mem, sizeof(*h));

	if (!h)
		return WARD_ERR_NOMEM;
	h->opts = *opts;
	h->body = ward_wr_grow(opts->mem, opts->body_max ? opts->body_max : 1);
	ward_httpmsg_begin(h);
	*ret = h;
	return WARD_OK;
}

void ward_httpmsg_free(struct ward_httpmsg *h)
{
	if (!h)
		return;
	const struct ward_mem *mem = h->opts.mem;

	ward_wr_fini(&h->body);
	ward_wipe(h->head, sizeof(h->head)); /* credentials */
	ward_mem_free(mem, h, sizeof(*h));
}

void ward_httpmsg_begin(struct ward_httpmsg *h)
{
	h->state = HEAD;
	h->why = "nothing";
	h->n_head = h->n_field = h->n_line = h->n_trailer = 0;
	h->method = h->target = (struct ward_str){NULL, 0};
	h->status = 0;
	h->body_too_long = false;
	h->keep = h->expects = h->http10 = false;
	h->left = 0;
	ward_wr_reset(&h->body);
}

bool ward_httpmsg_headed(const struct ward_httpmsg *h, struct ward_httpmsg_whole *ret)
{
	if (h->body_too_long)
		*ret = (struct ward_httpmsg_whole){
			h->method, h->target, h->status, ward_slice_of(NULL, 0), false};
	return h->body_too_long;
}

const char *ward_httpmsg_why(const struct ward_httpmsg *h)
{
	return h->why;
}

static enum ward_err bad(struct ward_httpmsg *h, enum ward_err err, const char *why)
{
	h->state = BAD;
	h->why = why;
	return err;
}

static enum ward_err too_long(struct ward_httpmsg *h)
{
	h->body_too_long = true;
	return bad(h, WARD_ERR_LIMIT, "its body is too long");
}

static struct ward_str part(const struct ward_httpmsg *h, uint32_t off, uint32_t len)
{
	return (struct ward_str){h->head + off, len};
}

struct ward_str ward_httpmsg_field(const struct ward_httpmsg *h, const char *name, size_t i)
{
	for (size_t k = 0; k < h->n_field; k++) {
		const struct field *f = &h->field[k];

		if (ward_str_ieq(part(h, f->name, f->name_len), ward_str_z(name)) && i-- == 0)
			return part(h, f->value, f->value_len);
	}
	return (struct ward_str){NULL, 0};
}

/* Is word one of a comma-separated list? */
static bool lists(struct ward_str value, const char *word)
{
	while (value.p)
		if (ward_str_ieq(ward_str_trim(ward_str_cut(&value, ',')), ward_str_z(word)))
			return true;
	return false;
}

/* RFC 9110 5.6.2 */
static bool is_token(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			    (c && strchr("!#$%&'*+-.^_`|~", c))))
			return false;
	}
	return s.len != 0;
}

static bool is_plain(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
			return false;
	return true;
}

static bool version(struct ward_httpmsg *h, struct ward_str v)
{
	h->http10 = ward_str_eqz(v, "HTTP/1.0");
	return h->http10 || ward_str_eqz(v, "HTTP/1.1");
}

static bool first_line(struct ward_httpmsg *h, struct ward_str line)
{
	struct ward_str a = ward_str_cut(&line, ' ');
	uint64_t n;

	if (!line.p || !is_plain(line))
		return false;
	if (!h->opts.request) {
		struct ward_str status = ward_str_cut(&line, ' ');

		if (!version(h, a) || status.len != 3 || !ward_str_u64(status, &n) || n < 100)
			return false;
		h->status = (unsigned)n;
		return true;
	}
	h->method = a;
	h->target = ward_str_cut(&line, ' ');
	return is_token(a) && h->target.len && line.p && version(h, line);
}

static bool take_field(struct ward_httpmsg *h, struct ward_str line)
{
	struct ward_str value = line, name = ward_str_cut(&value, ':');
	struct field *f = &h->field[h->n_field];

	if (!value.p || !is_token(name) || !is_plain(value) || h->n_field == WARD_HTTPMSG_FIELDS)
		return false;
	value = ward_str_trim(value);
	f->name = (uint32_t)(name.p - h->head);
	f->name_len = (uint32_t)name.len;
	f->value = value.len ? (uint32_t)(value.p - h->head) : 0;
	f->value_len = (uint32_t)value.len;
	h->n_field++;
	return true;
}

/* How the body comes: RFC 9112 6.3. */
static enum ward_err framing(struct ward_httpmsg *h)
{
	struct ward_str length = ward_httpmsg_field(h, "content-length", 0),
			coding = ward_httpmsg_field(h, "transfer-encoding", 0),
			connection = ward_httpmsg_field(h, "connection", 0);
	bool none = !h->opts.request && (h->status == 204 || h->status == 304);

	h->keep = h->http10 ? connection.p && lists(connection, "keep-alive")
			    : !connection.p || !lists(connection, "close");
	if (coding.p && (length.p || h->http10))
		return bad(h, WARD_ERR_MALFORMED, "its body has a length and another coding");
	if (ward_httpmsg_field(h, "content-length", 1).p ||
		ward_httpmsg_field(h, "transfer-encoding", 1).p)
		return bad(h, WARD_ERR_MALFORMED, "its body has two lengths");
	if (coding.p && !ward_str_ieq(coding, WARD_STR("chunked")))
		return bad(h, WARD_ERR_MALFORMED, "its body comes in a coding that is not known");
	if (length.p && !ward_str_u64(length, &h->left))
		return bad(h, WARD_ERR_MALFORMED, "its length is no number");
	if (h->left > h->opts.body_max && !none)
		return too_long(h);
	h->state = none || (length.p && !h->left) ? WHOLE
		   : coding.p                     ? CHUNK_SIZE
		   : length.p                     ? BODY
		   : h->opts.request              ? WHOLE
						  : TO_END;
	h->keep = h->keep && h->state != TO_END;
	h->expects = h->opts.request && h->state != WHOLE &&
		     ward_str_ieq(ward_httpmsg_field(h, "expect", 0), WARD_STR("100-continue"));
	return WARD_OK;
}

/* The head is whole: n_head bytes, its empty line included. */
static enum ward_err read_head(struct ward_httpmsg *h)
{
	struct ward_str rest = {h->head, h->n_head};
	bool first = true;

	while (rest.p && rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');

		if (line.len && line.p[line.len - 1] == '\r')
			line.len--;
		if (!line.len)
			break;
		if (first ? !first_line(h, line) : !take_field(h, line))
			return bad(h, WARD_ERR_MALFORMED,
				first ? "its first line is not that of HTTP/1"
				      : "a field of its head is broken");
		first = false;
	}
	if (first)
		return bad(h, WARD_ERR_MALFORMED, "its first line is empty");
	if (!h->opts.request && h->status < 200) {
		if (h->status == 101)
			return bad(h, WARD_ERR_MALFORMED, "it speaks another protocol");
		ward_httpmsg_begin(h);
		return WARD_OK;
	}
	return framing(h);
}

static bool head_ends(const struct ward_httpmsg *h)
{
	size_t n = h->n_head;
	const char *p = h->head;

	return (n >= 2 && p[n - 1] == '\n' && p[n - 2] == '\n') ||
	       (n >= 3 && p[n - 1] == '\n' && p[n - 2] == '\r' && p[n - 3] == '\n');
}

static enum ward_err take_head(struct ward_httpmsg *h, struct ward_slice b, size_t *used)
{
	while (*used < b.len && h->state == HEAD) {
		char c = (char)b.p[(*used)++];
		enum ward_err err;

		/* RFC 9112 2.2: an empty line before a message is passed over */
		if (!h->n_head && (c == '\r' || c == '\n'))
			continue;
		if (h->n_head == sizeof(h->head))
			return bad(h, WARD_ERR_LIMIT, "its head is longer than 16 KiB");
		h->head[h->n_head++] = c;
		if (head_ends(h) && (err = read_head(h)) != WARD_OK)
			return err;
	}
	return WARD_OK;
}

static enum ward_err take_body(struct ward_httpmsg *h, struct ward_slice b, size_t *used)
{
	size_t n = b.len - *used;

	if (h->state != TO_END)
		n = n < h->left ? n : (size_t)h->left;
	if (n > h->opts.body_max - h->body.len)
		return too_long(h);
	ward_wr_bytes(&h->body, b.p + *used, n);
	if (ward_wr_bad(&h->body))
		return WARD_ERR_NOMEM;
	*used += n;
	if (h->state == TO_END)
		return WARD_OK;
	h->left -= n;
	if (!h->left)
		h->state = h->state == BODY ? WHOLE : CHUNK_END;
	return WARD_OK;
}

static int hex(char c)
{
	return c >= '0' && c <= '9'                     ? c - '0'
	       : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
							: -1;
}

/* RFC 9112 7.1; extensions are passed over. */
static enum ward_err chunk_size(struct ward_httpmsg *h)
{
	uint64_t size = 0;
	size_t i = 0;

	for (; i < h->n_line && hex(h->line[i]) >= 0; i++) {
		size = size * 16 + (uint64_t)hex(h->line[i]);
		if (size > h->opts.body_max)
			return too_long(h);
	}
	if (!i || (i < h->n_line && !strchr("; \t\r", h->line[i])))
		return bad(h, WARD_ERR_MALFORMED, "a chunk has no size");
	h->left = size;
	h->n_line = 0;
	h->state = size ? CHUNK_DATA : TRAILER;
	return WARD_OK;
}

static enum ward_err chunk_byte(struct ward_httpmsg *h, char c)
{
	switch (h->state) {
	case CHUNK_SIZE:
		if (c == '\n')
			return chunk_size(h);
		if (h->n_line == sizeof(h->line))
			return bad(h, WARD_ERR_MALFORMED, "a chunk's first line is too long");
		h->line[h->n_line++] = c;
		return WARD_OK;
	case CHUNK_END:
		if (c != '\r' && c != '\n')
			return bad(h, WARD_ERR_MALFORMED, "a chunk is longer than it says");
		if (c == '\n')
			h->state = CHUNK_SIZE;
		return WARD_OK;
	case TRAILER: /* fields that nobody asked for; an empty line ends them */
		if (++h->n_trailer > WARD_HTTPMSG_HEAD)
			return bad(h, WARD_ERR_LIMIT, "what follows its chunks is too long");
		if (c == '\n' && !h->n_line)
			h->state = WHOLE;
		else if (c != '\r')
			h->n_line = c != '\n';
		return WARD_OK;
	case HEAD:
	case BODY:
	case CHUNK_DATA:
	case TO_END:
	case WHOLE:
	case BAD:
		break;
	}
	return bad(h, WARD_ERR_MALFORMED, "a chunk is out of place");
}

static void give(const struct ward_httpmsg *h, struct ward_httpmsg_whole *ret)
{
	*ret = (struct ward_httpmsg_whole){h->method, h->target, h->status,
		ward_slice_of(h->body.len ? h->body.p : (const uint8_t *)"", h->body.len), h->keep};
}

enum ward_err ward_httpmsg_take(struct ward_httpmsg *h, struct ward_slice bytes, size_t *ret_used,
	struct ward_httpmsg_whole *ret)
{
	enum ward_err err = h->state == BAD ? WARD_ERR_MALFORMED : WARD_OK;

	*ret_used = 0;
	while (!err && h->state != WHOLE && *ret_used < bytes.len) {
		if (h->state == HEAD)
			err = take_head(h, bytes, ret_used);
		else if (h->state == BODY || h->state == CHUNK_DATA || h->state == TO_END)
			err = take_body(h, bytes, ret_used);
		else
			err = chunk_byte(h, (char)bytes.p[(*ret_used)++]);
	}
	if (err)
		return err;
	if (h->state != WHOLE)
		return WARD_ERR_MORE;
	give(h, ret);
	return WARD_OK;
}

enum ward_err ward_httpmsg_end(struct ward_httpmsg *h, struct ward_httpmsg_whole *ret)
{
	if (h->state == HEAD && !h->n_head)
		return WARD_ERR_MORE;
	if (h->state != TO_END)
		return bad(h, WARD_ERR_MALFORMED, "it is cut");
	h->state = WHOLE;
	give(h, ret);
	return WARD_OK;
}

bool ward_httpmsg_expects(struct ward_httpmsg *h)
{
	bool expects = h->expects && (h->state == BODY || h->state == CHUNK_SIZE);

	h->expects = h->expects && !expects;
	return expects;
}
