// Everything the widget itself says. What the assistant and people say comes from the server.

export const TEXTS = Object.freeze({
  launcher: "Fråga om dina uppgifter",
  unread: (count) => (count === 1 ? "1 nytt meddelande" : `${count} nya meddelanden`),
  newMessageWhileClosed: "Nytt meddelande i chatten.",

  heading: "Dina personuppgifter",
  assistant: "Assistenten",
  assistantLong: "Assistenten, en bot",
  you: "Du",
  officer: "Handläggare",
  withOfficer: (name) => `Du pratar med ${name}`,
  waitingForOfficer: "Du väntar på en handläggare",
  close: "Stäng chatten",
  more: "Mer",
  copyConversation: "Kopiera samtalet",
  saveConversation: "Spara samtalet som text",
  printConversation: "Skriv ut samtalet",
  notPrinted: "Webbläsaren stoppade utskriften. Spara samtalet som text i stället.",
  aboutChat: "Så hanteras det du skriver",
  readPolicy: "Läs integritetspolicyn",
  opensInNewTab: "öppnas i ny flik",
  conversation: "Samtalet",
  newMessages: "Nya meddelanden",

  erase: "Radera konversationen",
  eraseQuestion: "Radera konversationen?",
  eraseMeans: [
    "Allt som står här raderas för gott, också hos oss, och en ny konversation börjar. Har du något på gång skickas det inte in.",
    "Ärenden som redan har fått ett nummer finns kvar, och reklam som du har stoppat är fortfarande stoppad. Spara numren först om du vill ha dem.",
  ],
  keep: "Behåll den",
  notErased: "Det gick inte att radera just nu. Försök igen om en stund.",
  erased: "Konversationen är raderad. Här börjar en ny.",
  endsSoon: (time) => `Konversationen avslutas klockan ${time} om du inte är kvar.`,
  stay: "Jag är kvar",
  staySpoken: "Välj Jag är kvar för att fortsätta.",
  ended: "Den förra konversationen är avslutad. Här börjar en ny.",

  didItHelp: "Hjälpte svaret?",
  yes: "Ja",
  no: "Nej",
  whatWasWrong: "Vad var det som inte stämde?",
  whyNot: {
    not_my_question: "Jag frågade om något annat",
    unclear: "Svårt att förstå",
    incomplete: "Något saknas",
    wrong: "Det är fel",
    other: "Något annat",
  },
  thanks: "Tack, då vet vi det.",

  write: "Skriv ett meddelande",
  placeholder: "Skriv din fråga …",
  send: "Skicka",
  hint: "Du behöver aldrig skriva ditt personnummer.",
  tooLong: (length, limit) => `${length} av ${limit} tecken. Korta ner texten för att skicka den.`,

  sending: "Skickar …",
  waitingToSend: "Skickas när anslutningen är tillbaka",
  notSent: "Inte skickat.",
  tryAgain: "Försök igen",
  edit: "Ändra",
  remove: "Ta bort",

  connecting: "Ansluter …",
  reconnecting: "Återansluter …",
  offline: "Ingen internetanslutning. Det du skriver skickas så fort den är tillbaka.",
  unreachable: "Chatten svarar inte just nu. Vi försöker igen, och det du skriver finns kvar.",
  retryNow: "Försök nu",
  backOnline: "Ansluten igen.",
  somethingWentWrong: "Något gick fel hos oss. Försök igen om en stund.",

  typing: (name) => `${name} skriver`,
  choices: "Svarsförslag",
  choicesSpoken: (titles) => `Svarsförslag: ${titles.join(", ")}.`,

  sourceIn: (section) => `Källa: ${section}`,
  policyVersion: (version) => `Policyns version: ${version}`,
  readWholeSection: "Läs hela avsnittet",

  queue: ({ queue_position: position, expected_wait_minutes: minutes, opens }) => {
    if (opens) return `Ingen handläggare är här just nu. Nästa gång är ${opens}.`;
    const place = position > 1 ? `Plats ${position} i kön till en handläggare.` : "Du står först i kön till en handläggare.";
    return [position ? place : "Du står i kö till en handläggare.", minutes && `De som fick svar senast väntade ungefär ${minutes} min.`]
      .filter(Boolean)
      .join(" ");
  },
  queueMeanwhile: "Du kan stänga chatten så länge. Svaret kommer hit.",
  cancelWaiting: "Avbryt",
  cancelWaitingSaid: "Avbryt väntan på en handläggare",
  officerAnswers: (name) => `${name} svarar dig nu.`,
  botAgain: "Nu svarar assistenten igen.",

  bankid: "Skriv under med BankID",
  bankidSigns: "Visa texten du skriver under",
  bankidHere: "Öppna BankID på den här enheten",
  bankidHereInstead: "Öppna BankID på den här enheten i stället",
  bankidOpen: "Öppna BankID",
  bankidQr: "Visa QR-kod",
  bankidQrInstead: "Visa QR-kod i stället",
  bankidQrImage: "QR-kod för BankID",
  bankidQrSpoken: "QR-koden byts varje sekund och läses med kameran i en annan telefon eller surfplatta. Du kan i stället öppna BankID på den här enheten, eller säga att du inte har BankID.",
  bankidSafety: "Skriv bara under om du själv startade det här i chatten.",
  timeLeft: (seconds) => {
    const minutes = Math.round(seconds / 60);
    if (seconds > 90) return `Ungefär ${minutes} minuter kvar.`;
    if (seconds > 60) return "Drygt en minut kvar.";
    if (seconds > 30) return "Mindre än en minut kvar.";
    return seconds > 0 ? "Mindre än en halv minut kvar." : "Tiden är strax slut.";
  },
  moreTime: "Ge mig mer tid",
  moreTimeSpoken: "Välj Ge mig mer tid om du behöver det. Det du har fyllt i finns kvar.",
  timeNote: "Hinner du inte kan du börja om, och det du har fyllt i finns kvar.",
  bankidOffered: "Välj hur du vill öppna BankID.",
  bankidStarting: "Startar BankID …",
  bankidWaiting: "Väntar på BankID …",
  bankidMoved: "Legitimeringen fortsätter längre ner i samtalet.",
  bankidEnded: "Den här legitimeringen är avslutad.",
  identify: "Visa att det är du",
  email: "E-postadress",
  sendCode: "Skicka kod",
  code: (email) => `Koden i mejlet till ${email}`,
  confirm: "Bekräfta",
  codeAgain: "Ny kod eller annat sätt",
  cancel: "Avbryt",
  withoutBankid: "Jag har inte BankID",
  person: "Prata med en människa",
  personSaid: "Jag vill prata med en människa",

  packageFor: (reference) => `Dina uppgifter i ärende ${reference}`,
  packageHeading: "Dina uppgifter",
  packageHint: "En ZIP-fil. Öppna sidan i den för att läsa, eller spara den där ingen annan kommer åt den.",
  packageSave: "Spara filen",

  receipt: (reference) => `Kvitto för ärende ${reference}`,
  receiptHeading: "Din begäran är registrerad",
  reference: "Ärendenummer",
  received: "Inkom",
  due: "Svar senast",
  next: "Det här händer nu",
  howCounted: "Så räknades datumet",
  copy: "Kopiera",
  copyReference: (reference) => `Kopiera ärendenummer ${reference}`,
  copied: "Kopierat",
  notCopied: "Det gick inte att kopiera",
  addToCalendar: "Lägg till i kalendern",
  calendarTitle: (type, reference) => `Svar senast: ${type} (${reference})`,
  calendarText: (reference) => `Senast i dag ska du ha fått svar på din begäran. Ärendenummer: ${reference}.`,
});
