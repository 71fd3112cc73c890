#include "comply/identity.h"

/* Accounts that every installation has and that name no person. */
static const char *const well_known[] = {"-", "system", "local service", "network service",
	"anonymous logon", "administrator", "administrators", "guest", "root", "daemon", "nobody",
	"www-data", "sshd", "krbtgt", "dwm-1", "umfd-0", "umfd-1", "everyone", "n/a",
	/* as other languages of Windows call the first two that it makes */
	"defaultaccount", "administrateur", "administrador", "administratör", "rendszergazda",
	"järjestelmänvalvoja", "Администратор"};

bool ward_identity_well_known(struct ward_str who)
{
	if (!who.len || who.len > 26) /* as long as the longest */
		return false;
	for (size_t i = 0; i < WARD_ARRAY_LEN(well_known); i++)
		if (ward_identity_lower(who.p[0]) == (uint8_t)well_known[i][0] &&
			ward_str_ieq(who, ward_str_z(well_known[i])))
			return true;
	return false;
}

size_t ward_identity_last(struct ward_str s, char c)
{
	for (size_t i = s.len; i > 0; i--)
		if (s.p[i - 1] == c)
			return i - 1;
	return SIZE_MAX;
}
