import { describeKerasCases } from './keras-cases.ts'

describeKerasCases('compile', [], { goesOn: true })
