#include "fuzz.h"

#include "respond/smtp.h"

/* What a server sends, cut where the first byte says; the rest of the time it is the texts of a
 * mail, whose header must stay as many lines as it has. */
static void session(struct ward_slice s, uint8_t how)
{
	static uint8_t sent[16 << 10];
	const struct ward_smtp_opts o = {.from = WARD_STR("ward@hospital.example"),
		.to = WARD_STR("soc@csirt.example"),
		.mail = WARD_STR(".a\r\n..\r\nb"),
		.user = how & 1 ? WARD_STR("ward") : WARD_STR(""),
		.password = WARD_STR("0123456789abcdef"),
		.tls = (how & 2) != 0,
		.plain = (how & 4) != 0};
	struct ward_wr w = ward_wr_fixed(sent, sizeof(sent));
	struct ward_smtp x;
	size_t step = how >> 3 ? how >> 3 : s.len;

	ward_smtp_begin(&x, &o);
	for (size_t at = 0; at < s.len; at += step) {
		size_t n = s.len - at < step ? s.len - at : step;

		ward_smtp_take(&x, ward_slice_of(s.p + at, n), &w);
		if (x.state == WARD_SMTP_HANDSHAKE)
			ward_smtp_secured(&x, &w);
		WARD_ASSERT(x.secure || o.plain || x.state < WARD_SMTP_AUTH ||
			    x.state == WARD_SMTP_OVER);
	}
	ward_smtp_take(&x, ward_slice_of(s.p, 0), &w);
	WARD_ASSERT(x.state == WARD_SMTP_OVER && x.outcome.what >= WARD_SENT_DELIVERED &&
		    x.outcome.what <= WARD_SENT_FAILED);
	WARD_ASSERT(x.outcome.what != WARD_SENT_DELIVERED || x.secure || o.plain);
}

static void mail(struct ward_slice s, uint8_t how)
{
	struct ward_str all = ward_slice_text(s);
	size_t cut = how < all.len ? how : all.len;
	struct ward_smtp_mail m = {.from = WARD_STR("ward@hospital.example"),
		.to = WARD_STR("soc@csirt.example"),
		.subject = ward_str_sub(all, 0, cut),
		.text = ward_str_sub(all, cut, all.len),
		.now = 1773282000 * WARD_NS_PER_S};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 8 * s.len + 4096);
	size_t line = 0;

	ward_smtp_mail_write(&m, &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	for (size_t i = 0; i < w.len; i++) {
		line = w.p[i] == '\n' ? 0 : line + 1;
		WARD_ASSERT(w.p[i] < 0x7f && (w.p[i] >= ' ' || w.p[i] == '\r' || w.p[i] == '\n'));
		WARD_ASSERT(line <= 77 && (w.p[i] != '\n' || (i && w.p[i - 1] == '\r')));
	}
	ward_wr_fini(&w);
	(void)ward_smtp_is_address(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n = len > 2 ? len - 2 : 0;
	uint8_t *copy = fuzz_copy(data + (len > 2 ? 2 : 0), n);

	if (len > 2 && data[0] % 2)
		mail(ward_slice_of(copy, n), data[1]);
	else
		session(ward_slice_of(copy, n), len > 2 ? data[1] : 0);
	free(copy);
	return 0;
}
