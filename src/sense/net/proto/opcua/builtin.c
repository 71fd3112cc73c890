/* Built-in types in the binary encoding, OPC 10000-6 5.2.2. */
#include "sense/net/proto/opcua/opcua.h"

#include "sense/net/text.h"

enum { DEPTH = 4, INNER_MAX = 16, ELEMENT_MAX = 65536 };

/* Table 1 */
enum type {
	BOOLEAN = 1,
	SBYTE,
	BYTE,
	INT16,
	UINT16,
	INT32,
	UINT32,
	INT64,
	UINT64,
	FLOAT,
	DOUBLE,
	STRING,
	DATE_TIME,
	GUID,
	BYTE_STRING,
	XML,
	NODE_ID,
	EXPANDED_NODE_ID,
	STATUS,
	QUALIFIED_NAME,
	LOCALIZED_TEXT,
	EXTENSION_OBJECT,
	DATA_VALUE,
	VARIANT,
	DIAGNOSTIC_INFO,
};

static void fail(struct ward_rd *r)
{
	r->bad = true;
}

struct ward_slice ward_opcua_string(struct ward_rd *r)
{
	uint32_t len = ward_rd_le32(r);

	if (len == UINT32_MAX) /* null */
		return (struct ward_slice){NULL, 0};
	return ward_rd_bytes(r, len);
}

struct ward_slice ward_opcua_localized(struct ward_rd *r)
{
	uint8_t mask = ward_rd_u8(r);

	if (mask & 1)
		(void)ward_opcua_string(r);
	return mask & 2 ? ward_opcua_string(r) : (struct ward_slice){NULL, 0};
}

struct ward_slice ward_opcua_qualified(struct ward_rd *r)
{
	ward_rd_skip(r, 2);
	return ward_opcua_string(r);
}

static void node_id(struct ward_rd *r, uint8_t form, struct ward_opcua_node *n)
{
	n->kind = 'i';
	switch (form) {
	case 0: /* two bytes */
		n->number = ward_rd_u8(r);
		break;
	case 1: /* four bytes */
		n->ns = ward_rd_u8(r);
		n->number = ward_rd_le16(r);
		break;
	case 2:
		n->ns = ward_rd_le16(r);
		n->number = ward_rd_le32(r);
		break;
	case 3:
	case 5:
		n->kind = form == 3 ? 's' : 'b';
		n->ns = ward_rd_le16(r);
		n->bytes = ward_opcua_string(r);
		break;
	case 4:
		n->kind = 'g';
		n->ns = ward_rd_le16(r);
		n->bytes = ward_rd_bytes(r, 16);
		break;
	default:
		fail(r);
		break;
	}
}

struct ward_opcua_node ward_opcua_node_read(struct ward_rd *r, bool expanded)
{
	enum { SERVER = 0x40, URI = 0x80 };
	struct ward_opcua_node n = {.kind = 0};
	uint8_t form = ward_rd_u8(r);

	if (!expanded && form & (SERVER | URI))
		fail(r);
	node_id(r, form & 0x3f, &n);
	if (form & URI)
		(void)ward_opcua_string(r);
	if (form & SERVER)
		ward_rd_skip(r, 4);
	if (ward_rd_bad(r))
		n = (struct ward_opcua_node){.kind = 0};
	return n;
}

uint32_t ward_opcua_extension(struct ward_rd *r, struct ward_slice *ret_body)
{
	struct ward_opcua_node type = ward_opcua_node_read(r, false);
	uint8_t form = ward_rd_u8(r);

	*ret_body = (struct ward_slice){NULL, 0};
	if (form == 1 || form == 2) /* binary, XML */
		*ret_body = ward_opcua_string(r);
	else if (form)
		fail(r);
	return type.kind == 'i' && type.ns == 0 ? type.number : 0;
}

/* 5.2.2.12: the inner one, if any, is the last field. */
void ward_opcua_diagnostic(struct ward_rd *r)
{
	enum { NUMBERS = 0x0f, ADDITIONAL = 0x10, STATUS_CODE = 0x20, INNER = 0x40 };

	for (unsigned i = 0; i < INNER_MAX; i++) {
		uint8_t mask = ward_rd_u8(r);

		ward_rd_skip(r, 4 * (size_t)__builtin_popcount(mask & NUMBERS));
		if (mask & ADDITIONAL)
			(void)ward_opcua_string(r);
		if (mask & STATUS_CODE)
			ward_rd_skip(r, 4);
		if (!(mask & INNER))
			return;
	}
	fail(r);
}

static void integer(struct ward_opcua_value *v, int64_t n)
{
	if (v) {
		v->is_number = true;
		v->number = n;
	}
}

static void real(struct ward_opcua_value *v, double d)
{
	if (v) {
		v->is_number = v->is_real = true;
		v->real = d;
	}
}

static float read_float(struct ward_rd *r)
{
	uint32_t bits = ward_rd_le32(r);
	float f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

static double read_double(struct ward_rd *r)
{
	uint64_t bits = ward_rd_le64(r);
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}

/* What has one size. False: it has none. */
static bool number_of(struct ward_rd *r, unsigned type, struct ward_opcua_value *v)
{
	switch (type) {
	case BOOLEAN:
		integer(v, ward_rd_u8(r) != 0);
		return true;
	case SBYTE:
		integer(v, (int8_t)ward_rd_u8(r));
		return true;
	case BYTE:
		integer(v, ward_rd_u8(r));
		return true;
	case INT16:
		integer(v, (int16_t)ward_rd_le16(r));
		return true;
	case UINT16:
		integer(v, ward_rd_le16(r));
		return true;
	case INT32:
		integer(v, (int32_t)ward_rd_le32(r));
		return true;
	case UINT32:
	case STATUS:
		integer(v, ward_rd_le32(r));
		return true;
	case INT64:
	case UINT64:
		integer(v, (int64_t)ward_rd_le64(r));
		return true;
	case FLOAT:
		real(v, (double)read_float(r));
		return true;
	case DOUBLE:
		real(v, read_double(r));
		return true;
	default:
		return false;
	}
}

/* One element that holds no others. */
static void element(struct ward_rd *r, unsigned type, struct ward_opcua_value *v)
{
	struct ward_slice body;

	if (number_of(r, type, v))
		return;
	switch (type) {
	case DATE_TIME:
		ward_rd_skip(r, 8);
		break;
	case GUID:
		ward_rd_skip(r, 16);
		break;
	case STRING:
	case BYTE_STRING:
	case XML:
		(void)ward_opcua_string(r);
		break;
	case NODE_ID:
	case EXPANDED_NODE_ID:
		(void)ward_opcua_node_read(r, type == EXPANDED_NODE_ID);
		break;
	case QUALIFIED_NAME:
		(void)ward_opcua_qualified(r);
		break;
	case LOCALIZED_TEXT:
		(void)ward_opcua_localized(r);
		break;
	case EXTENSION_OBJECT:
		(void)ward_opcua_extension(r, &body);
		break;
	case DIAGNOSTIC_INFO:
		ward_opcua_diagnostic(r);
		break;
	default:
		fail(r);
		break;
	}
}

/* An open array: so many elements are still to come, then perhaps dimensions; and of a DataValue
 * what follows its Variant. */
struct level {
	unsigned type;
	uint32_t left;
	bool dimensions;
	uint8_t after; /* DataValue's mask */
};

/* 5.2.2.17: status, then two times, each with picoseconds. */
static void data_value_rest(struct ward_rd *r, uint8_t mask)
{
	static const uint8_t size[] = {4, 8, 8, 2, 2};

	for (unsigned i = 0; i < WARD_ARRAY_LEN(size); i++)
		if (mask & 2U << i)
			ward_rd_skip(r, size[i]);
}

static void dimensions(struct ward_rd *r)
{
	uint32_t n = ward_rd_le32(r);

	if (n != UINT32_MAX)
		ward_rd_skip(r, n > ELEMENT_MAX ? SIZE_MAX : 4 * (size_t)n);
}

/* A Variant's head (5.2.2.16): its elements become a level. */
static void open_variant(struct ward_rd *r, struct level *l, struct ward_opcua_value *v)
{
	enum { ARRAY = 0x80, DIMENSIONS = 0x40 };
	uint8_t mask = ward_rd_u8(r);

	l->type = mask & 0x3f;
	l->dimensions = mask & DIMENSIONS;
	l->left = l->type ? 1 : 0;
	if (mask & ARRAY) {
		l->left = ward_rd_le32(r);
		if (l->left == UINT32_MAX)
			l->left = 0;
		/* each element takes a byte at least */
		if (l->left > ward_rd_left(r))
			fail(r);
	}
	if (v) {
		v->type = (uint8_t)l->type;
		v->array = mask & ARRAY;
	}
}

static void open_data_value(struct ward_rd *r, struct level *l, struct ward_opcua_value *v)
{
	uint8_t mask = ward_rd_u8(r);

	if (mask & 1)
		open_variant(r, l, v);
	l->after = mask;
}

static void run(struct ward_rd *r, struct level *stack, struct ward_opcua_value *v)
{
	size_t n = 1;

	while (n && !ward_rd_bad(r)) {
		struct level *l = &stack[n - 1];

		if (l->left == 0) {
			if (l->dimensions)
				dimensions(r);
			data_value_rest(r, l->after);
			n--;
			continue;
		}
		l->left--;
		if (l->type != VARIANT && l->type != DATA_VALUE) {
			element(r, l->type, v);
			v = NULL;
			continue;
		}
		if (n == DEPTH) {
			fail(r);
			return;
		}
		stack[n] = (struct level){.type = 0};
		if (l->type == VARIANT)
			open_variant(r, &stack[n], NULL);
		else
			open_data_value(r, &stack[n], NULL);
		v = NULL;
		n++;
	}
}

void ward_opcua_variant(struct ward_rd *r, struct ward_opcua_value *ret)
{
	struct level stack[DEPTH] = {{.type = 0}};

	open_variant(r, &stack[0], ret);
	run(r, stack, ret);
}

void ward_opcua_data_value(struct ward_rd *r, struct ward_opcua_value *ret)
{
	struct level stack[DEPTH] = {{.type = 0}};

	open_data_value(r, &stack[0], ret);
	run(r, stack, ret);
}

/* RFC 4122: of the first three numbers the bytes are turned. */
static void guid(struct ward_wr *w, struct ward_slice s)
{
	static const uint8_t order[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

	for (size_t i = 0; i < WARD_ARRAY_LEN(order) && s.len == WARD_ARRAY_LEN(order); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			ward_wr_ch(w, '-');
		ward_wr_hex(w, ward_slice_of(s.p + order[i], 1));
	}
}

void ward_opcua_node_text(struct ward_wr *w, const struct ward_opcua_node *n)
{
	enum { TEXT = 128 };
	struct ward_slice s = n->bytes;

	s.len = s.len < TEXT ? s.len : TEXT;
	if (!n->kind)
		return;
	if (n->ns) {
		ward_wr_z(w, "ns=");
		ward_wr_u64(w, n->ns);
		ward_wr_ch(w, ';');
	}
	ward_wr_ch(w, n->kind);
	ward_wr_ch(w, '=');
	if (n->kind == 'i')
		ward_wr_u64(w, n->number);
	else if (n->kind == 'g')
		guid(w, s);
	else if (n->kind == 'b')
		ward_wr_hex(w, s);
	else
		ward_text_ascii(w, s, TEXT);
}
