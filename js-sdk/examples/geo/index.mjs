// A greeting by place: the language of the country, the hour of its clocks.

const GREETINGS = {
  de: ['Guten Morgen', 'Guten Tag', 'Guten Abend'],
  en: ['Good morning', 'Good afternoon', 'Good evening'],
  es: ['Buenos días', 'Buenas tardes', 'Buenas noches'],
  fr: ['Bonjour', 'Bonjour', 'Bonsoir'],
  it: ['Buongiorno', 'Buon pomeriggio', 'Buonasera'],
  ja: ['おはようございます', 'こんにちは', 'こんばんは'],
  pt: ['Bom dia', 'Boa tarde', 'Boa noite'],
};
const LANGUAGES = {
  AT: 'de', CH: 'de', DE: 'de', AR: 'es', CL: 'es', CO: 'es', ES: 'es', MX: 'es', PE: 'es', BE: 'fr', FR: 'fr', SN: 'fr',
  IT: 'it', JP: 'ja', BR: 'pt', PT: 'pt',
};

// What the visitor asks for comes before what the place suggests.
function languageOf(url, request, country) {
  const wished = [url.searchParams.get('lang'), ...(request.headers.get('accept-language') ?? '').split(',')];
  for (const wish of wished) {
    const language = wish?.trim().slice(0, 2).toLowerCase();
    if (Object.hasOwn(GREETINGS, language ?? '')) return language;
  }
  return LANGUAGES[country] ?? 'en';
}

export default {
  fetch(request) {
    const { country, city, timezone = 'UTC' } = request.cf ?? {};
    const language = languageOf(new URL(request.url), request, country);
    const now = new Date();
    const hour = Number(new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: timezone }).format(now));
    const greeting = GREETINGS[language][hour < 11 ? 0 : hour < 18 ? 1 : 2];
    const time = new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: timezone }).format(now);
    const place = city ?? (country ? new Intl.DisplayNames([language], { type: 'region' }).of(country) : undefined);
    return new Response(`${greeting}${place ? `, ${place}` : ''}! ${time} (${timezone})\n`, {
      headers: { 'content-type': 'text/plain; charset=utf-8', 'content-language': language, vary: 'accept-language' },
    });
  },
};
