export function open(fragment, lang) {}
