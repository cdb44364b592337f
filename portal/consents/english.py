"""The texts in English."""

from portal.consents.words import Words
from portal.models.consent import ConsentPurpose

_WITHDRAWAL = (
    "You change your mind whenever you want, without giving a reason.",
    "In Relais, it takes effect at once.",
    "You can also say it on paper to the person who coordinates your care.",
    "What was already read cannot be taken back.",
)
_EMERGENCY = "In an emergency, a professional can open the file for an hour. You see it at once."

WORDS = {
    (ConsentPurpose.CARE_COORDINATION, 1): Words(
        title="Coordinate my care",
        sentence="My team shares my appointments and the list of its members.",
        what=(
            "Your appointments, where they are and what to prepare.",
            "The list of the people of your team, with their telephone.",
            "The law allows this sharing inside the care team, unless you say no.",
        ),
        recipients=(
            "The professionals of your care team, each with an account of their own.",
            "No insurer, no employer, no advertising.",
        ),
        duration=(
            "As long as the professional belongs to your team.",
            "And only until you say no.",
        ),
        refusal=(
            "The professionals no longer see your agenda nor your team in Relais.",
            "You will have to repeat your information to each of them.",
            "Your appointments stay valid. Your care goes on.",
            "The person who coordinates your care still sees your team and these choices.",
            _EMERGENCY,
        ),
        withdrawal=_WITHDRAWAL,
    ),
    (ConsentPurpose.OUTSIDE_CARE_TEAM, 1): Words(
        title="Share with a professional outside my care team",
        sentence="This professional sees my appointments and the list of my team.",
        what=(
            "Your appointments, where they are and what to prepare.",
            "The list of the people of your team, with their telephone.",
        ),
        recipients=(
            "This professional alone, with an account of their own.",
            "An answer for one professional does not count for another.",
        ),
        duration=(
            "As long as this professional belongs to your circle.",
            "And only until you say no.",
        ),
        refusal=(
            "This professional sees nothing of your file in Relais.",
            "You can always give them your information yourself.",
            "Your care goes on.",
            _EMERGENCY,
        ),
        withdrawal=_WITHDRAWAL,
    ),
    (ConsentPurpose.SOCIAL_SERVICES, 1): Words(
        title="Share with a social service",
        sentence="This person sees my appointments and the list of my team.",
        what=(
            "Your appointments, where they are and what to prepare.",
            "The list of the people of your team, with their telephone.",
            "They look after help at home, your rights or your papers.",
        ),
        recipients=(
            "This person alone, with an account of their own.",
            "Neither their administration nor the other social services.",
        ),
        duration=(
            "As long as this person belongs to your circle.",
            "And only until you say no.",
        ),
        refusal=(
            "This person sees nothing of your file in Relais.",
            "They will have to ask you for the days and the times each time.",
            "Your help and your care go on.",
            _EMERGENCY,
        ),
        withdrawal=_WITHDRAWAL,
    ),
    (ConsentPurpose.EDUCATION_PROGRAMME, 1): Words(
        title="Take part in an education programme",
        sentence="I follow a programme that my team prepares with me.",
        what=(
            "What you would like to be able to do, and what you answer to your team.",
            "The assessment that you write together, and its changes.",
            "How far you read stays yours, unless you choose to show it.",
        ),
        recipients=(
            "The professionals of your team to whom your education is open.",
            "The carers to whom you opened this part of your file.",
            "Your doctor reads a summary only after you have read it and agreed.",
            "No insurer, no employer, no advertising.",
        ),
        duration=(
            "Until the programme ends, or until you say no.",
            "What was written then stays in your file.",
        ),
        refusal=(
            "Nothing changes in your care, nor in what is paid back to you.",
            "Your team follows no programme with you.",
            "You can still read all the modules.",
        ),
        withdrawal=(
            "You stop whenever you want, without giving a reason.",
            "In Relais, it takes effect at once: the programme ends.",
            "You can also say it on paper to the person who coordinates your care.",
            "What was already read cannot be taken back.",
        ),
    ),
}
