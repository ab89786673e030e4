import { describeKerasCases } from './keras-cases.ts'

describeKerasCases('recurrent')
