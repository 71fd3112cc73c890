/* Fields of MIME, transfer encodings, and the parts of mails and forms. */
#include "bytes.h"

#include "sense/net/carve/parts.h"

/* What the user is told, as text: "<name|type>content[end]". */
static char told[8192];
static struct ward_wr w;

static void on_begin(void *ctx, const struct ward_part *p)
{
	(void)ctx;
	ward_wr_printf(&w, "<%.*s|%.*s>", WARD_STR_ARG(p->name), WARD_STR_ARG(p->type));
}

static void on_bytes(void *ctx, struct ward_slice bytes)
{
	(void)ctx;
	assert_true(bytes.len > 0);
	ward_wr_bytes(&w, bytes.p, bytes.len);
}

static void on_end(void *ctx, enum ward_part_end end)
{
	static const char *const word[] = {"whole", "cut", "torn", "damaged"};

	(void)ctx;
	ward_wr_printf(&w, "[%s]", word[end]);
}

static const struct ward_parts_user user = {on_begin, on_bytes, on_end, NULL};

static void feed(struct ward_parts *p, const char *text, size_t len, size_t piece)
{
	for (size_t at = 0; at < len; at += piece) {
		size_t n = piece < len - at ? piece : len - at;
		uint8_t *exact = malloc(n);

		assert_non_null(exact);
		memcpy(exact, text + at, n);
		ward_parts_bytes(p, ward_slice_of(exact, n), &user);
		free(exact);
	}
}

/* In pieces of any size the same. */
static void expect(
	enum ward_parts_kind kind, const char *boundary, const char *text, const char *is)
{
	static const size_t pieces[] = {1, 2, 3, 5, 7, 11, 64, 100000};
	struct ward_parts p;

	for (size_t i = 0; i < WARD_ARRAY_LEN(pieces); i++) {
		w = ward_wr_fixed(told, sizeof(told) - 1);
		assert_true(ward_parts_begin(&p, kind, ward_str_z(boundary)));
		feed(&p, text, strlen(text), pieces[i]);
		ward_parts_end(&p, true, &user);
		ward_wr_u8(&w, 0);
		if (strcmp(told, is) != 0)
			fail_msg("pieces of %zu:\n%s\nand not\n%s", pieces[i], told, is);
	}
}

static void test_mail(void **state)
{
	(void)state;
	expect(WARD_PARTS_MESSAGE, "",
		"From: a\r\nContent-Type: multipart/mixed;\r\n boundary=\"x y\"\r\n\r\n"
		"preamble\r\n--x y\r\n\r\ntext alone\r\n"
		"--x y\r\nContent-Type: application/pdf; name=old.pdf\r\n"
		"Content-Transfer-Encoding: BASE64\r\n"
		"Content-Disposition: attachment; filename=\"re;port.pdf\"\r\n\r\n"
		"JVBE\r\nRi0x\r\nLg==\r\n--x y\r\n"
		"Content-Type: text/csv; name=t.csv\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
		"a=3Db=\r\n,c=E9=\r\n\r\nlast\r\n--x y--  \r\nepilogue --x y\r\n",
		"<re;port.pdf|application/pdf>%PDF-1.[whole]"
		"<t.csv|text/csv>a=b,c\xe9\r\nlast[whole]");
}

/* Multiparts in multiparts; bare line feeds; lines that are nearly boundaries. */
static void test_nested(void **state)
{
	(void)state;
	expect(WARD_PARTS_MESSAGE, "",
		"Content-Type: multipart/mixed; boundary=a\n\n--a\n"
		"Content-Type: multipart/alternative; boundary=ab\n\n--ab\n\ntext\n--ab\n"
		"Content-Type: image/gif\n\n--abc\n--a-\n\r\n-\n--\nGIF\r--ab\n\n--ab--\n--a\n"
		"Content-Type: message/rfc822\n\nSubject: inner\n\nbody\n--a--\n",
		"<|image/gif>--abc\n--a-\n\r\n-\n--\nGIF\r--ab\n[whole]"
		"<|message/rfc822>Subject: inner\n\nbody[whole]");
	/* an outer boundary ends what is inside */
	expect(WARD_PARTS_MESSAGE, "",
		"Content-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n"
		"Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n"
		"Content-Type: image/png\r\n\r\nPNG\r\n--out\r\n"
		"Content-Type: image/gif\r\n\r\nGIF\r\n--out--",
		"<|image/png>PNG[cut]<|image/gif>GIF[whole]");
}

static void test_single(void **state)
{
	(void)state;
	expect(WARD_PARTS_MESSAGE, "",
		"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
		"UEsD\r\nBA==\r\n",
		"<|application/zip>PK\3\4[whole]");
	expect(WARD_PARTS_MESSAGE, "", "Subject: x\r\n\r\n--text\r\n", "");
	expect(WARD_PARTS_MESSAGE, "", "Content-Type: a/b\r\n\r\n", "<|a/b>[whole]");
	expect(WARD_PARTS_MESSAGE, "",
		"Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJDR",
		"<|a/b>ABC[damaged]");
	expect(WARD_PARTS_MESSAGE, "", "Content-Type: a/b", "");
}

static void test_form(void **state)
{
	(void)state;
	expect(WARD_PARTS_FORM, "X",
		"--X\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nsecret\r\n--X\r\n"
		"Content-Disposition: form-data; name=\"f\"; filename=\"a\\\"b.txt\"\r\n\r\n"
		"\r\nline\r\n\r\n--X--\r\n",
		"<a\"b.txt|>\r\nline\r\n[whole]");
	expect(WARD_PARTS_ALL, "X", "--X\r\n\r\none\r\n--X\r\nContent-Type: text/x\r\n\r\n--X--",
		"<|>one[whole]<|text/x>[whole]");
	/* the end is missing */
	expect(WARD_PARTS_ALL, "X", "--X\r\n\r\none\r\n--Y", "<|>one\r\n--Y[cut]");
	expect(WARD_PARTS_ALL, "X", "--X\r\n\r\none\r\n", "<|>one\r\n[cut]");
}

static void test_gap(void **state)
{
	static const char *const text[] = {"--X\r\nContent-Type: a/b\r\n\r\non",
		"rest\r\n--X\r\n\r\ntwo\r\n--X\r\nContent-Ty", "pe: c/d\r\n\r\nthree\r\n--X--\r\n"};
	struct ward_parts p;

	(void)state;
	w = ward_wr_fixed(told, sizeof(told) - 1);
	assert_true(ward_parts_begin(&p, WARD_PARTS_ALL, WARD_STR("X")));
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++) {
		if (i)
			ward_parts_gap(&p, &user);
		feed(&p, text[i], strlen(text[i]), 4);
	}
	ward_parts_end(&p, true, &user);
	ward_wr_u8(&w, 0);
	assert_string_equal(told, "<|a/b>on[torn]<|>two[whole]");
}

/* Too deep, without a boundary, with one that is too long: not entered, and said. */
static void test_passed(void **state)
{
	static char text[4096];
	struct ward_wr t = ward_wr_fixed(text, sizeof(text));
	struct ward_parts p;

	(void)state;
	ward_wr_z(&t, "Content-Type: multipart/mixed; boundary=0\n\n");
	for (int i = 0; i < WARD_PARTS_DEPTH; i++)
		ward_wr_printf(
			&t, "--%d\nContent-Type: multipart/mixed; boundary=%d\n\n", i, i + 1);
	ward_wr_z(&t, "--6\nContent-Type: a/b\n\nx\n--6--\n");
	w = ward_wr_fixed(told, sizeof(told));
	assert_true(ward_parts_begin(&p, WARD_PARTS_MESSAGE, WARD_STR("")));
	feed(&p, text, t.len, 10);
	ward_parts_end(&p, true, &user);
	assert_true(p.passed);
	assert_int_equal(w.len, 0);
	expect(WARD_PARTS_MESSAGE, "", "Content-Type: multipart/mixed\n\n--\n\nx", "");
	assert_false(ward_parts_begin(&p, WARD_PARTS_ALL, WARD_STR("")));
	memset(text, 'b', 71);
	assert_false(ward_parts_begin(&p, WARD_PARTS_ALL, (struct ward_str){text, 71}));
	assert_true(ward_parts_begin(&p, WARD_PARTS_ALL, (struct ward_str){text, 70}));
}

static void test_names(void **state)
{
	static const struct {
		const char *value, *is;
	} rows[] = {
		{"attachment; filename=a.txt", "a.txt"},
		{"attachment; FileName = \"a b.txt\" ; x=y", "a b.txt"},
		/* a backslash is told as two (text.h) */
		{"attachment; filename=\"a;b=c\\\\.txt\"", "a;b=c\\\\.txt"},
		{"attachment; filename*=UTF-8''na%C3%AFve%20.txt; filename=n.txt",
			"na\xc3\xafve .txt"},
		{"attachment; filename*=iso-8859-1'fr'%E9t%e9.txt", "\xc3\xa9t\xc3\xa9.txt"},
		{"attachment; filename*0=\"a b\"; filename*1=c.txt", "a bc.txt"},
		{"attachment; filename*0*=utf-8''%41; filename*1=\"%42\"; filename*3=no", "A%42"},
		{"attachment; filename=\"=?UTF-8?B?w6kudHh0?=\"", "\xc3\xa9.txt"},
		{"attachment; filename=\"=?iso-8859-1?Q?=E9_x?= =?utf-8?q?y?=.doc\"",
			"\xc3\xa9 xy.doc"},
		{"attachment; filename=\"=?x?\"", "=?x?"},
		{"attachment; filename=\"=?utf-8?X?abc?=\"", "=?utf-8?X?abc?="},
		{"attachment; filename=100%25.txt", "100%25.txt"},
		{"attachment; filename=\"\"", ""},
		{"attachment; filename=\"open", "open"},
	};
	char buf[100];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		struct ward_wr name = ward_wr_fixed(buf, sizeof(buf) - 1);

		assert_true(ward_mime_param(ward_str_z(rows[i].value), "filename", &name));
		ward_wr_u8(&name, 0);
		assert_string_equal(buf, rows[i].is);
	}
	struct ward_wr none = ward_wr_fixed(buf, sizeof(buf));

	assert_false(ward_mime_param(WARD_STR("x; xfilename=a; filename"), "filename", &none));
	assert_int_equal(none.len, 0);
	assert_true(ward_str_eqz(ward_mime_type(WARD_STR(" text/plain ;a=b")), "text/plain"));
}

static void test_transfer(void **state)
{
	static const struct {
		enum ward_transfer t;
		const char *in, *out;
		bool damaged;
	} rows[] = {
		{WARD_TRANSFER_BASE64, "TWFu", "Man", false},
		{WARD_TRANSFER_BASE64, "T W\r\nE=", "Ma", false},
		{WARD_TRANSFER_BASE64, "TQ", "M", false},
		{WARD_TRANSFER_BASE64, "TWFuT", "Man", true},
		{WARD_TRANSFER_BASE64, "TQ==TWFu", "MMan", false},
		{WARD_TRANSFER_BASE64, "", "", false},
		{WARD_TRANSFER_QUOTED, "=41=62", "Ab", false},
		{WARD_TRANSFER_QUOTED, "a=\r\nb=\nc", "abc", false},
		{WARD_TRANSFER_QUOTED, "=4g=", "=4g=", false},
		{WARD_TRANSFER_QUOTED, "==41=\rx", "=A=\rx", false},
		{WARD_TRANSFER_QUOTED, "1+1=2", "1+1=2", false},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		for (size_t piece = 1; piece < 9; piece++) {
			struct ward_transfer_state s = {0};
			uint8_t out[64];
			size_t n = 0, len = strlen(rows[i].in);
			struct ward_slice none = ward_slice_of(NULL, 0);

			for (size_t at = 0; at < len; at += piece) {
				struct ward_slice in = ward_slice_of(
					rows[i].in + at, piece < len - at ? piece : len - at);

				while (in.len)
					n += ward_transfer_some(
						&s, rows[i].t, &in, false, out + n, 4);
			}
			n += ward_transfer_some(&s, rows[i].t, &none, true, out + n, 4);
			assert_int_equal(n, strlen(rows[i].out));
			assert_memory_equal(out, rows[i].out, n);
			assert_int_equal(s.base64.damaged, rows[i].damaged);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_passed),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_transfer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
