/* One NTLM token, in whatever wrapping. What is said of it must be inside of it. */
#include "fuzz.h"

#include "sense/net/proto/ntlm/ntlm.h"

static void inside(struct ward_slice part, struct ward_slice all)
{
	WARD_ASSERT(part.len == 0 || (part.p >= all.p && part.p + part.len <= all.p + all.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *exact = fuzz_copy(data, len);
	struct ward_slice token = ward_slice_of(exact, len);
	struct ward_slice message = ward_ntlm_find(token);
	struct ward_ntlm_session session = {0};
	struct ward_ntlm m;

	inside(message, token);
	if (ward_ntlm_parse(message, &m)) {
		const struct ward_slice part[] = {m.domain, m.user, m.workstation, m.nb_computer,
			m.nb_domain, m.dns_computer, m.dns_domain, m.dns_tree};

		for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++)
			inside(part[i], message);
	}
	(void)ward_ntlm_is_kerberos(token);
	(void)ward_ntlm_see(&session, token);
	WARD_ASSERT(session.user.len <= WARD_NTLM_TEXT && session.domain.len <= WARD_NTLM_TEXT);
	free(exact);
	return 0;
}
