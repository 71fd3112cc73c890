#include "sense/file/dicom.h"

#include "base/wr.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)
#define EXPLICIT "1.2.840.10008.1.2.1"
#define IMPLICIT "1.2.840.10008.1.2"
#define BIG "1.2.840.10008.1.2.2"
#define JPEG "1.2.840.10008.1.2.4.50"

struct lab {
	uint8_t bytes[1024];
	struct ward_wr w;
	struct ward_dicom d;
};

static void head(struct lab *l, const char *uid)
{
	size_t len = strlen(uid);

	memset(l->bytes, 0, 128);
	l->w = ward_wr_fixed(l->bytes, sizeof(l->bytes));
	(void)ward_wr_room(&l->w, 128);
	ward_wr_z(&l->w, "DICM");
	ward_wr_bytes(&l->w, "\2\0\x10\0UI", 6);
	ward_wr_le16(&l->w, (uint16_t)(len + (len & 1)));
	ward_wr_z(&l->w, uid);
	if (len & 1)
		ward_wr_u8(&l->w, 0);
}

#define PUT(l, lit) ward_wr_bytes(&(l)->w, (lit), sizeof(lit) - 1)

static enum ward_err begin(struct lab *l)
{
	enum ward_err err = ward_dicom_begin(&l->d, ward_wr_slice(&l->w));

	if (!err)
		ward_dicom_set(&l->d, ward_dicom_rest(&l->d));
	return err;
}

static enum ward_err all(struct lab *l, struct ward_dicom_element *ret_last, size_t *ret_n)
{
	enum ward_err err = begin(l);

	*ret_n = 0;
	while (!err) {
		err = ward_dicom_next(&l->d, ret_last);
		*ret_n += !err;
	}
	return err;
}

static void written(void **state)
{
	struct lab l;
	struct ward_dicom_element e;
	size_t n;

	(void)state;
	head(&l, EXPLICIT);
	PUT(&l, "\x28\0\x10\0US\2\0\4\0");
	assert_int_equal(all(&l, &e, &n), WARD_ERR_MORE);
	assert_int_equal(n, 1);
	assert_int_equal(ward_dicom_u16(&l.d, e.value), 4);
	head(&l, IMPLICIT);
	PUT(&l, "\x28\0\x10\0\2\0\0\0\5\0");
	assert_int_equal(all(&l, &e, &n), WARD_ERR_MORE);
	assert_true(l.d.syntax.implicit);
	assert_int_equal(ward_dicom_u16(&l.d, e.value), 5);
	head(&l, BIG);
	PUT(&l, "\0\x28\0\x10US\0\2\0\6");
	assert_int_equal(all(&l, &e, &n), WARD_ERR_MORE);
	assert_int_equal(e.group, 0x28);
	assert_int_equal(ward_dicom_u16(&l.d, e.value), 6);
}

/* A sequence with an item, of said and of unsaid length, and what follows it. */
static void sequences(void **state)
{
	struct lab l;
	struct ward_dicom_element e;
	size_t n;

	(void)state;
	head(&l, EXPLICIT);
	PUT(&l, "\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff");
	PUT(&l, "\x08\0\x50\x11UI\2\0"
		"1\0");
	PUT(&l, "\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0");
	PUT(&l, "\x08\0\x41\x11SQ\0\0\x12\0\0\0\xfe\xff\0\xe0\x0a\0\0\0\x08\0\x50\x11UI\2\0"
		"1\0");
	PUT(&l, "\x28\0\x10\0US\2\0\4\0");
	assert_int_equal(all(&l, &e, &n), WARD_ERR_MORE);
	assert_int_equal(n, 5);
	assert_int_equal(e.depth, 0);
	assert_int_equal(e.number, 0x10);
}

static void fragments(void **state)
{
	struct lab l;
	struct ward_dicom_element e;
	size_t n;

	(void)state;
	head(&l, JPEG);
	PUT(&l, "\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\0\0\0\0");
	PUT(&l, "\xfe\xff\0\xe0\4\0\0\0\xff\xd8\xff\xd9\xfe\xff\xdd\xe0\0\0\0\0");
	assert_int_equal(all(&l, &e, &n), WARD_ERR_MORE);
	assert_true(l.d.syntax.encapsulated);
	assert_true(e.undefined);
	assert_int_equal(e.value.len, 28);
}

static void refused(const char *uid, const char *bytes, size_t len, const char *why)
{
	struct lab l;
	struct ward_dicom_element e;
	size_t n;

	head(&l, uid);
	ward_wr_bytes(&l.w, bytes, len);
	assert_int_equal(all(&l, &e, &n), WARD_ERR_MALFORMED);
	assert_string_equal(l.d.why, why);
}
#define REFUSED(uid, lit, why) refused((uid), (lit), sizeof(lit) - 1, (why))

static void malformed(void **state)
{
	struct lab l;
	uint8_t deep[33 * 20];
	struct ward_wr w = ward_wr_fixed(deep, sizeof(deep));

	(void)state;
	REFUSED(EXPLICIT, "\x28\0\x10\0US\2\0\4", "an element is longer than the object");
	REFUSED(EXPLICIT, "\x28\0\x10\0US", "it ends within an element");
	REFUSED(EXPLICIT, "\x28\0\x10\0\1\1\0\0\0\0",
		"an element has no type, though the transfer syntax says so");
	REFUSED(EXPLICIT, "\x08\0\x40\x11SQ\0\0\x20\0\0\0",
		"a sequence or item is longer than the object");
	REFUSED(EXPLICIT,
		"\x08\0\x40\x11SQ\0\0\x08\0\0\0\xfe\xff\0\xe0\x0a\0\0\0\x08\0\x50\x11UI\2\0"
		"1\0",
		"an item ends behind its sequence");
	REFUSED(EXPLICIT, "\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff", "it ends within a sequence");
	REFUSED(EXPLICIT, "\xfe\xff\0\xe0\0\0\0\0", "an item lies in no sequence");
	REFUSED(EXPLICIT, "\xfe\xff\x0d\xe0\0\0\0\0", "a delimiter ends nothing");
	REFUSED(EXPLICIT, "\xfe\xff\1\xe0\0\0\0\0", "there is no such delimiter");
	REFUSED(EXPLICIT, "\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\xdd\xe0\1\0\0\0",
		"a delimiter has a length");
	REFUSED(JPEG, "\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\0\0\0\0",
		"the fragments of the pixels have no end");
	REFUSED(JPEG, "\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff\x08\0\0\0\0\0\0\0",
		"something else lies between the fragments");
	REFUSED(JPEG, "\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\x09\0\0\0",
		"a fragment is longer than the object");
	for (size_t i = 0; i < 33; i++)
		ward_wr_bytes(&w,
			"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff", 20);
	refused(EXPLICIT, (const char *)deep, w.len, "more than 32 sequences lie in each other");
	head(&l, EXPLICIT);
	l.w.len = 132; /* without a head */
	assert_int_equal(begin(&l), WARD_ERR_MALFORMED);
	l.w.len = 100;
	assert_int_equal(begin(&l), WARD_ERR_MALFORMED);
}

/* Each prefix of a good object ends well or is refused; nothing is read behind it. */
static void prefixes(void **state)
{
	struct lab l;
	struct ward_dicom_element e;
	size_t n, whole;

	(void)state;
	head(&l, EXPLICIT);
	PUT(&l, "\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff");
	PUT(&l, "\x08\0\x50\x11UI\2\0"
		"1\0\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0");
	whole = l.w.len;
	for (size_t i = 0; i <= whole; i++) {
		l.w.len = i;
		enum ward_err err = all(&l, &e, &n);

		assert_true(err == WARD_ERR_MORE || err == WARD_ERR_MALFORMED);
		assert_true(err == WARD_ERR_MORE || l.d.why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(written), T(sequences), T(fragments), T(malformed), T(prefixes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
