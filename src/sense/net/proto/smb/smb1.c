/* SMB 1, MS-CIFS 2.2.4 with the extensions of MS-SMB 2.2.4: a header, then one command or a chain
 * (AndX) of words and bytes. */
#include "sense/net/proto/smb/smb1.h"

enum {
	FLAG_REPLY = 0x80,
	FLAG2_SIGNED = 0x4,
	FLAG2_NT_STATUS = 0x4000,
	FLAG2_UNICODE = 0x8000,
	CAP_EXTENDED_SECURITY = (int)0x80000000,
	NO_ANDX = 0xff,
};

static bool fail(struct ward_smb *m, enum ward_smb_reason reason, size_t off)
{
	m->reason = reason;
	m->off = off;
	return false;
}

bool ward_smb1_buffer(
	const struct ward_smb1_block *b, size_t off, size_t len, struct ward_slice *ret)
{
	*ret = (struct ward_slice){NULL, 0};
	if (!len)
		return true;
	if (off > b->total || len > b->total - off)
		return false;
	if (off < b->front.len)
		*ret = ward_slice_of(
			b->front.p + off, len < b->front.len - off ? len : b->front.len - off);
	return true;
}

/* Text up to its NUL or the end; UTF-16 begins at an even offset from the header. */
static struct ward_slice string(struct ward_smb1_block *b, bool unicode)
{
	size_t unit = unicode ? 2 : 1, len = 0;
	struct ward_slice s;

	if (unicode && (b->bytes_at + b->bytes.off) & 1 && ward_rd_left(&b->bytes))
		ward_rd_skip(&b->bytes, 1);
	s = ward_slice_of(b->bytes.p + b->bytes.off, ward_rd_left(&b->bytes));
	while (len + unit <= s.len && (s.p[len] || (unicode && s.p[len + 1])))
		len += unit;
	ward_rd_skip(&b->bytes, len + unit <= s.len ? len + unit : s.len);
	return ward_slice_of(len ? s.p : NULL, len);
}

struct ward_slice ward_smb1_text(struct ward_smb1_block *b)
{
	return string(b, b->m->unicode);
}

/* MS-CIFS 2.2.1.1: a byte says what kind of buffer follows. */
static struct ward_slice tagged(struct ward_smb1_block *b)
{
	ward_rd_skip(&b->bytes, ward_rd_left(&b->bytes) ? 1 : 0);
	return ward_smb1_text(b);
}

void ward_smb1_fid(struct ward_smb1_block *b)
{
	b->m->fid = ward_rd_le16(&b->words);
	b->m->has_fid = true;
}

static void negotiate_request(struct ward_smb1_block *b)
{
	struct ward_smb *m = b->m;

	while (ward_rd_left(&b->bytes)) {
		ward_rd_skip(&b->bytes, 1);
		struct ward_slice name = string(b, false);

		if (m->n_dialect < WARD_SMB_DIALECTS)
			m->dialect[m->n_dialect++] =
				(uint16_t)ward_smb1_dialect(ward_slice_text(name));
		m->n_dialect_seen++;
	}
}

static void negotiate_response(struct ward_smb1_block *b)
{
	struct ward_smb *m = b->m;

	/* The index is one into what was offered. */
	m->dialect[0] = ward_rd_le16(&b->words);
	m->n_dialect = m->n_dialect_seen = 1;
	if (b->n_word != 17)
		return;
	m->security_mode = ward_rd_u8(&b->words);
	ward_rd_skip(&b->words, 2 + 2 + 4 + 4 + 4);
	m->capabilities = ward_rd_le32(&b->words);
	m->system_time = ward_rd_le64(&b->words);
	ward_rd_skip(&b->words, 2);
	size_t challenge = ward_rd_u8(&b->words);

	if (m->capabilities & (uint32_t)CAP_EXTENDED_SECURITY && ward_rd_left(&b->bytes) >= 16) {
		m->guid = ward_rd_bytes(&b->bytes, 16);
		m->token = ward_rd_rest(&b->bytes);
		return;
	}
	if (challenge > ward_rd_left(&b->bytes))
		return;
	ward_rd_skip(&b->bytes, challenge);
	/* Of the challenge's length, unaligned: MS-CIFS 2.2.4.52.2. */
	struct ward_slice domain = ward_rd_rest(&b->bytes);

	m->domain = domain;
}

static void session_request(struct ward_smb1_block *b)
{
	struct ward_smb *m = b->m;
	size_t first, second;

	ward_rd_skip(&b->words, 4 + 2 + 2 + 2 + 4);
	first = ward_rd_le16(&b->words);
	if (b->n_word == 12) {
		ward_rd_skip(&b->words, 4);
		m->capabilities = ward_rd_le32(&b->words);
		/* Two servers read the words that follow in two ways. */
		if (!(m->capabilities & (uint32_t)CAP_EXTENDED_SECURITY))
			m->anomaly = "session-words-differ";
		if (first > ward_rd_left(&b->bytes))
			first = ward_rd_left(&b->bytes);
		m->token = ward_rd_bytes(&b->bytes, first);
	} else {
		second = b->n_word == 13 ? ward_rd_le16(&b->words) : 0;
		ward_rd_skip(&b->words, b->n_word == 13 ? 4 : 0);
		m->capabilities = b->n_word == 13 ? ward_rd_le32(&b->words) : 0;
		if (first + second > ward_rd_left(&b->bytes))
			return;
		ward_rd_skip(&b->bytes, first + second);
		m->user = ward_smb1_text(b);
		m->domain = ward_smb1_text(b);
		m->count = (uint32_t)(first + second);
	}
	m->native_os = ward_smb1_text(b);
	m->native_lanman = ward_smb1_text(b);
}

static void session_response(struct ward_smb1_block *b)
{
	struct ward_smb *m = b->m;

	ward_rd_skip(&b->words, 4);
	m->flags = ward_rd_le16(&b->words);
	if (b->n_word == 4) {
		size_t len = ward_rd_le16(&b->words);

		m->token = ward_rd_bytes(
			&b->bytes, len < ward_rd_left(&b->bytes) ? len : ward_rd_left(&b->bytes));
	}
	m->native_os = ward_smb1_text(b);
	m->native_lanman = ward_smb1_text(b);
	m->domain = ward_smb1_text(b);
}

static void tree_request(struct ward_smb1_block *b)
{
	ward_rd_skip(&b->words, 4 + 2);
	size_t len = ward_rd_le16(&b->words);

	if (len > ward_rd_left(&b->bytes))
		return;
	ward_rd_skip(&b->bytes, len);
	b->m->name = ward_smb1_text(b);
	b->m->service = string(b, false);
}

static void tree_response(struct ward_smb1_block *b)
{
	b->m->service = string(b, false);
	b->m->native_fs = ward_smb1_text(b);
	if (ward_str_starts(ward_slice_text(b->m->service), WARD_STR("IPC")))
		b->m->share_type = 2;
	else if (ward_str_starts(ward_slice_text(b->m->service), WARD_STR("LPT")))
		b->m->share_type = 3;
	else
		b->m->share_type = 1;
}

static void create_request(struct ward_smb1_block *b)
{
	struct ward_smb *m = b->m;

	ward_rd_skip(&b->words, 4 + 1 + 2 + 4 + 4);
	m->access = ward_rd_le32(&b->words);
	ward_rd_skip(&b->words, 8);
	m->attributes = ward_rd_le32(&b->words);
	ward_rd_skip(&b->words, 4);
	m->disposition = ward_rd_le32(&b->words);
	m->options = ward_rd_le32(&b->words);
	m->name = ward_smb1_text(b);
}

static void create_response(struct ward_smb1_block *b)
{
	struct ward_smb *m = b->m;

	ward_rd_skip(&b->words, 4 + 1);
	ward_smb1_fid(b);
	m->action = ward_rd_le32(&b->words);
	ward_rd_skip(&b->words, 4 * 8);
	m->attributes = ward_rd_le32(&b->words);
	ward_rd_skip(&b->words, 8);
	m->file_size = ward_rd_le64(&b->words);
}

static void open_request(struct ward_smb1_block *b)
{
	ward_rd_skip(&b->words, 4 + 2);
	b->m->access = ward_rd_le16(&b->words);
	ward_rd_skip(&b->words, 2 + 2 + 4);
	/* MS-CIFS 2.2.1.2.2: bit 4 creates, bits 0 and 1 open or truncate. */
	uint16_t how = ward_rd_le16(&b->words);

	b->m->disposition = (how & 3) == 2 ? (how & 0x10 ? 5 : 4) : how & 0x10 ? 3 : 1;
	b->m->name = ward_smb1_text(b);
}

static void open_response(struct ward_smb1_block *b)
{
	ward_rd_skip(&b->words, 4);
	ward_smb1_fid(b);
	b->m->attributes = ward_rd_le16(&b->words);
	ward_rd_skip(&b->words, 4);
	b->m->file_size = ward_rd_le32(&b->words);
	ward_rd_skip(&b->words, 2 + 2 + 2);
	b->m->action = ward_rd_le16(&b->words) & 3;
}

static void close_request(struct ward_smb1_block *b)
{
	ward_smb1_fid(b);
}

/* The lower half; the upper one stands behind `skip` words' bytes where there are so many words. */
static void offset(struct ward_smb1_block *b, size_t skip, size_t words)
{
	struct ward_rd r = b->words;
	uint64_t low = ward_rd_le32(&r);

	ward_rd_skip(&r, skip);
	b->m->offset = b->n_word >= words ? (uint64_t)ward_rd_le32(&r) << 32 | low : low;
}

static void read_request(struct ward_smb1_block *b)
{
	ward_rd_skip(&b->words, 4);
	ward_smb1_fid(b);
	offset(b, 2 + 2 + 4 + 2, 12);
}

static void read_response(struct ward_smb1_block *b)
{
	ward_rd_skip(&b->words, 4 + 2 + 2 + 2);
	uint32_t len = ward_rd_le16(&b->words);
	size_t off = ward_rd_le16(&b->words);

	len |= (uint32_t)ward_rd_le16(&b->words) << 16;
	b->m->count = len;
	if (!ward_smb1_buffer(b, off, len, &b->m->data))
		b->m->anomaly = "data-outside";
}

static void write_request(struct ward_smb1_block *b)
{
	ward_rd_skip(&b->words, 4);
	ward_smb1_fid(b);
	offset(b, 4 + 2 + 2 + 2 + 2 + 2, 14);
	ward_rd_skip(&b->words, 4 + 4 + 2 + 2);
	uint32_t len = (uint32_t)ward_rd_le16(&b->words) << 16;

	len |= ward_rd_le16(&b->words);
	b->m->count = len;
	if (!ward_smb1_buffer(b, ward_rd_le16(&b->words), len, &b->m->data))
		b->m->anomaly = "data-outside";
}

static void core_write_request(struct ward_smb1_block *b)
{
	ward_smb1_fid(b);
	b->m->count = ward_rd_le16(&b->words);
	b->m->offset = ward_rd_le32(&b->words);
	ward_rd_skip(&b->bytes, ward_rd_left(&b->bytes) < 3 ? 0 : 3);
	b->m->data = ward_rd_rest(&b->bytes);
}

static void rename_request(struct ward_smb1_block *b)
{
	b->m->name = tagged(b);
	b->m->new_name = tagged(b);
}

static void delete_request(struct ward_smb1_block *b)
{
	b->m->name = tagged(b);
	b->m->delete_pending = true;
}

struct command {
	uint8_t code;
	bool andx;
	enum ward_smb_op op;
	uint8_t request_words, response_words; /* at least; 0: not read below that */
	void (*request)(struct ward_smb1_block *b);
	void (*response)(struct ward_smb1_block *b);
};

static const struct command commands[] = {
	{0x00, false, WARD_SMB_OTHER, 0, 0, NULL, NULL},
	{0x01, false, WARD_SMB_DELETE, 0, 0, delete_request, NULL},
	{0x04, false, WARD_SMB_CLOSE, 3, 0, close_request, NULL},
	{0x06, false, WARD_SMB_DELETE, 1, 0, delete_request, NULL},
	{0x07, false, WARD_SMB_RENAME, 1, 0, rename_request, NULL},
	{0x0b, false, WARD_SMB_WRITE, 5, 0, core_write_request, NULL},
	{0x24, true, WARD_SMB_QUIET, 8, 0, NULL, NULL},
	{0x25, false, WARD_SMB_TRANS, 14, 10, ward_smb1_trans_request, ward_smb1_trans_response},
	{0x26, false, WARD_SMB_SECONDARY, 8, 0, ward_smb1_trans_secondary, NULL},
	{0x2d, true, WARD_SMB_OPEN, 15, 15, open_request, open_response},
	{0x2e, true, WARD_SMB_READ, 10, 12, read_request, read_response},
	{0x2f, true, WARD_SMB_WRITE, 12, 0, write_request, NULL},
	{0x32, false, WARD_SMB_TRANS, 14, 10, ward_smb1_trans_request, ward_smb1_trans_response},
	{0x33, false, WARD_SMB_SECONDARY, 8, 0, ward_smb1_trans_secondary, NULL},
	{0x71, false, WARD_SMB_TREE_END, 0, 0, NULL, NULL},
	{0x72, false, WARD_SMB_NEGOTIATE, 0, 1, negotiate_request, negotiate_response},
	{0x73, true, WARD_SMB_SESSION, 10, 3, session_request, session_response},
	{0x74, true, WARD_SMB_OTHER, 2, 0, NULL, NULL},
	{0x75, true, WARD_SMB_TREE, 4, 2, tree_request, tree_response},
	{0xa0, false, WARD_SMB_TRANS, 19, 18, ward_smb1_nt_trans_request, NULL},
	{0xa1, false, WARD_SMB_SECONDARY, 18, 0, ward_smb1_nt_trans_secondary, NULL},
	{0xa2, true, WARD_SMB_OPEN, 24, 34, create_request, create_response},
	{0xa4, false, WARD_SMB_QUIET, 0, 0, NULL, NULL},
	{0xa5, false, WARD_SMB_RENAME, 4, 0, rename_request, NULL},
};

static const struct command *command_of(uint8_t code)
{
	static const struct command other = {0};

	for (size_t i = 0; i < WARD_ARRAY_LEN(commands); i++)
		if (commands[i].code == code)
			return &commands[i];
	return &other;
}

static bool read_head(struct ward_slice front, struct ward_smb *m, uint8_t *ret_command)
{
	struct ward_rd r = ward_rd_slice(front);
	uint16_t flags2;

	ward_rd_skip(&r, 4);
	*ret_command = ward_rd_u8(&r);
	m->status = ward_rd_le32(&r);
	m->response = ward_rd_u8(&r) & FLAG_REPLY;
	flags2 = ward_rd_le16(&r);
	m->is_signed = flags2 & FLAG2_SIGNED;
	m->unicode = flags2 & FLAG2_UNICODE;
	m->pid = (uint32_t)ward_rd_le16(&r) << 16;
	ward_rd_skip(&r, 8 + 2);
	m->tree = ward_rd_le16(&r);
	m->pid |= ward_rd_le16(&r);
	m->session = ward_rd_le16(&r);
	m->mid = ward_rd_le16(&r);
	/* MS-CIFS 2.2.3.1: a class, a reserved byte and a code instead, kept apart by a bit that
	 * no NTSTATUS has. */
	if (m->response && m->status && !(flags2 & FLAG2_NT_STATUS))
		m->status = 0x20000000 | (m->status & 0xff) << 16 | m->status >> 16;
	return !ward_rd_bad(&r);
}

/* The words and bytes at b->words_at - 1. */
static bool read_block(struct ward_smb1_block *b)
{
	size_t at = b->words_at - 1;
	struct ward_rd r = ward_rd_from(b->front.p, b->front.len);

	ward_rd_skip(&r, at);
	b->n_word = ward_rd_u8(&r);
	b->words = ward_rd_sub(&r, b->n_word * 2);
	size_t n_byte = ward_rd_le16(&r);

	b->bytes_at = r.off;
	/* The count is too small for what SMB 1 can read and write with large offsets. */
	if (n_byte > ward_rd_left(&r))
		n_byte = ward_rd_left(&r);
	b->bytes = ward_rd_sub(&r, n_byte);
	return !ward_rd_bad(&r);
}

/* Where the next command stands, 0: this was the last. False: it points backwards or outside. */
static bool next_block(const struct ward_smb1_block *b, const struct command *c, size_t *ret)
{
	struct ward_rd r = b->words;
	uint8_t next = ward_rd_u8(&r);

	ward_rd_skip(&r, 1);
	size_t off = ward_rd_le16(&r);

	*ret = 0;
	if (!c->andx || b->n_word < 2 || next == NO_ANDX)
		return true;
	if (off <= b->words_at || off >= b->total)
		return fail(b->m, WARD_SMB_SMB1_ANDX, b->words_at + 2);
	if (off < b->front.len)
		*ret = (size_t)next << 24 | off;
	return true;
}

bool ward_smb1_parse(struct ward_slice front, size_t total, size_t *block, struct ward_smb *ret)
{
	struct ward_smb1_block b = {.front = front, .total = total, .m = ret};
	uint8_t code;

	*ret = (struct ward_smb){.version = 1, .reason = WARD_SMB_REASON_N};
	if (*block == SIZE_MAX)
		return false;
	if (!read_head(front, ret, &code))
		return fail(ret, WARD_SMB_SMB1_WORDS, front.len);
	/* *block: the command in the upper byte, the offset below. */
	if (*block)
		code = (uint8_t)(*block >> 24);
	b.words_at = (*block ? (*block & 0xffffff) : WARD_SMB1_HEAD) + 1;
	const struct command *c = command_of(code);

	ret->command = code;
	ret->op = c->op;
	ret->cut = front.len < total;
	if (!read_block(&b))
		return fail(ret, WARD_SMB_SMB1_WORDS, b.words_at - 1);
	struct ward_rd words = b.words;
	size_t next;
	unsigned least = ret->response ? c->response_words : c->request_words;
	void (*read)(struct ward_smb1_block *) = ret->response ? c->response : c->request;

	/* MS-CIFS 2.2.4: an error's answer has no words. */
	ret->failed = ret->response && b.n_word < least;
	if (!ret->response && b.n_word < least)
		return fail(ret, WARD_SMB_SMB1_WORDS, b.words_at - 1);
	if (read && !ret->failed)
		read(&b);
	b.words = words;
	if (!next_block(&b, c, &next))
		return false;
	*block = next ? next : SIZE_MAX;
	return true;
}
